using System.Text;
using Arauto.Server.CommandLine.Terminals;

namespace Arauto.Server.CommandLine.Chatting;

/// <summary>Plain lines in and out, for pipes and scripts.</summary>
internal sealed class PlainScreen(Terminal terminal) : IChatScreen
{
    private readonly Lock _gate = new();
    private readonly StreamReader _input = new(terminal.Input, new UTF8Encoding(false), detectEncodingFromByteOrderMarks: false);
    private string _typing = "";

    /// <summary>Never raised: a line from a pipe is there all at once.</summary>
    public event Action? Typing
    {
        add { }
        remove { }
    }

    public void WriteLine(string line)
    {
        lock (_gate) terminal.WriteLine(line);
    }

    public void ShowTyping(string who)
    {
        lock (_gate)
        {
            if (who.Length > 0 && who != _typing) terminal.WriteLine("* " + who);
            _typing = who;
        }
    }

    // A pipe's read cannot be cancelled; the process ends under it.
    public Task<string?> ReadLineAsync(CancellationToken cancellationToken) => Task.Run(_input.ReadLine, cancellationToken).WaitAsync(cancellationToken);

    public void Dispose() => _input.Dispose();
}
