using System.Text;
using Arauto.Server.CommandLine.Terminals;

namespace Arauto.Server.Tests.CommandLine;

/// <summary>A terminal in memory.</summary>
internal sealed class TestTerminal : IDisposable
{
    private readonly LockedStream _output = new();
    private readonly StringWriter _error = new();

    public TestTerminal(string input = "")
    {
        Terminal = new Terminal { Output = _output, Error = TextWriter.Synchronized(_error), Input = new MemoryStream(Encoding.UTF8.GetBytes(input)), IsInteractive = false };
    }

    public Terminal Terminal { get; }

    public string Output => _output.Text;

    public string Error => _error.ToString();

    public bool BreakPipe
    {
        set => _output.Broken = value;
    }

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    private sealed class LockedStream : MemoryStream
    {
        private readonly Lock _gate = new();

        public bool Broken { get; set; }

        public string Text
        {
            get
            {
                lock (_gate) return Encoding.UTF8.GetString(ToArray());
            }
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (Broken) throw new IOException("Broken pipe");
            lock (_gate) base.Write(buffer);
        }
    }
}
