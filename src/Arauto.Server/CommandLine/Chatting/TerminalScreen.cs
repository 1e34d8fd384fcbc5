using System.Text;
using System.Threading.Channels;
using Arauto.Server.CommandLine.Terminals;

namespace Arauto.Server.CommandLine.Chatting;

/// <summary>
/// A terminal with the prompt kept below incoming lines. Only two sequences are used: back to the line's start and
/// erase, and move right. Keys are read on a thread of its own, because reading a key cannot be cancelled.
/// </summary>
internal sealed class TerminalScreen : IChatScreen
{
    private const string EraseLine = "\r\x1b[K";
    private const int KeyQueue = 4096;
    private readonly Terminal _terminal;
    private readonly Lock _gate = new();
    private readonly LineEditor _editor = new();
    private readonly Channel<ConsoleKeyInfo> _keys = System.Threading.Channels.Channel.CreateBounded<ConsoleKeyInfo>(KeyQueue);
    private string _typing = "";
    private bool _prompting;

    public TerminalScreen(Terminal terminal)
    {
        _terminal = terminal;
        new Thread(ReadKeys) { IsBackground = true, Name = "keys" }.Start();
    }

    public event Action? Typing;

    public void WriteLine(string line)
    {
        lock (_gate)
        {
            Write($"{EraseLine}{line}\n");
            if (_prompting) DrawPrompt();
        }
    }

    public void ShowTyping(string who)
    {
        lock (_gate)
        {
            if (who == _typing) return;
            _typing = who;
            if (_prompting) DrawPrompt();
        }
    }

    public async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _prompting = true;
            DrawPrompt();
        }
        while (await _keys.Reader.WaitToReadAsync(cancellationToken))
        {
            while (_keys.Reader.TryRead(out var key))
            {
                if (Take(key, out var end) is { } line) return end ? null : line;
            }
        }
        return null;
    }

    private string? Take(ConsoleKeyInfo key, out bool end)
    {
        string? line;
        bool typing;
        lock (_gate)
        {
            line = _editor.Take(key, out end);
            _prompting = line is null;
            typing = _prompting && _editor.Text is [not '/', ..];
            // Pasted keys are drawn once, when no more wait.
            if (!_prompting) Write(EraseLine);
            else if (_keys.Reader.Count == 0) DrawPrompt();
        }
        if (typing) Typing?.Invoke();
        return line;
    }

    private void DrawPrompt()
    {
        var prompt = _typing.Length > 0 ? $"({_typing}) > " : "> ";
        var columns = Columns();
        if (TerminalText.Width(prompt) > columns / 2) prompt = "> ";
        var (visible, column) = _editor.Window(Math.Max(8, columns - TerminalText.Width(prompt)));
        Write($"{EraseLine}{prompt}{visible}\r\x1b[{TerminalText.Width(prompt) + column}C");
    }

    private static int Columns()
    {
        try
        {
            return Console.WindowWidth is > 0 and var width ? width : 80;
        }
        catch (IOException)
        {
            return 80;
        }
    }

    private void Write(string text)
    {
        _terminal.Output.Write(Encoding.UTF8.GetBytes(text));
        _terminal.Output.Flush();
    }

    private void ReadKeys()
    {
        try
        {
            // Blocking is right here: it is this thread's only work, and a full queue holds up a paste.
            while (true) _keys.Writer.WriteAsync(Console.ReadKey(intercept: true)).AsTask().GetAwaiter().GetResult();
        }
        catch (Exception error) when (error is InvalidOperationException or IOException)
        {
            _keys.Writer.TryComplete(); // The terminal is gone: the end of the input.
        }
    }

    public void Dispose()
    {
        lock (_gate) Write(EraseLine);
    }
}
