namespace Arauto.Server.CommandLine.Chatting;

/// <summary>Where a conversation is shown and lines are typed. Safe for use from any thread.</summary>
internal interface IChatScreen : IDisposable
{
    /// <summary>Raised while the user edits a line that is not a command.</summary>
    event Action? Typing;

    /// <summary>Shows a line above the prompt.</summary>
    /// <exception cref="IOException">The output is closed.</exception>
    void WriteLine(string line);

    /// <summary>Shows who is typing; empty for nobody.</summary>
    void ShowTyping(string who);

    /// <summary>The next line, or <see langword="null"/> at the end of the input.</summary>
    Task<string?> ReadLineAsync(CancellationToken cancellationToken);
}
