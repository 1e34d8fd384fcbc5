using System.Text;
using Microsoft.Win32.SafeHandles;

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
        Output = OpenOutput(),
        Error = Console.Error,
        Input = Console.OpenStandardInput(),
        IsInteractive = !Console.IsInputRedirected && !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb",
    };

    /// <remarks>
    /// The console's own stream takes writes to a pipe that nobody reads any more without a word, and a verb would go
    /// on for ever. A file, on the other hand, is better left to it: a second position would overwrite what others append.
    /// </remarks>
    private static Stream OpenOutput()
    {
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected) return Console.OpenStandardOutput();
        var output = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        if (!output.CanSeek) return output;
        output.Dispose();
        return Console.OpenStandardOutput();
    }

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
