using System.Text;

namespace Arauto.Server.CommandLine.Terminals;

/// <summary>Where a verb reads and writes; the process's own streams, or a test's.</summary>
internal sealed class Terminal
{
    /// <summary>Standard output, unbuffered.</summary>
    public required Stream Output { get; init; }

    /// <summary>Standard error.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Standard input, unbuffered.</summary>
    public required Stream Input { get; init; }

    /// <summary>Whether input and output are both a terminal that a person sits at.</summary>
    public required bool IsInteractive { get; init; }

    /// <summary>The process's own.</summary>
    public static Terminal OfProcess() => new()
    {
        Output = Console.OpenStandardOutput(),
        Error = Console.Error,
        Input = Console.OpenStandardInput(),
        IsInteractive = !Console.IsInputRedirected && !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb",
    };

    /// <summary>Writes one line to standard output at once.</summary>
    /// <exception cref="IOException">The reader of the pipe is gone.</exception>
    public void WriteLine(ReadOnlySpan<byte> utf8)
    {
        Output.Write(utf8);
        Output.Write("\n"u8);
        Output.Flush();
    }

    /// <summary>Writes one line to standard output at once.</summary>
    /// <exception cref="IOException">The reader of the pipe is gone.</exception>
    public void WriteLine(string text) => WriteLine(Encoding.UTF8.GetBytes(text));
}
