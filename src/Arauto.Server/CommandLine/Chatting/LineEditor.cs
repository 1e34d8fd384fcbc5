using System.Text;
using Arauto.Server.CommandLine.Terminals;

namespace Arauto.Server.CommandLine.Chatting;

/// <summary>
/// One line being edited: keys in, text and the place of the caret out. Pure. Moves over whole characters, also those
/// outside the basic plane.
/// </summary>
internal sealed class LineEditor
{
    /// <summary>The longest line that can be typed, in UTF-16 units; more is not taken.</summary>
    public const int MaxLength = 16 * 1024;

    private const int MaxHistory = 100;
    private readonly StringBuilder _text = new();
    private readonly List<string> _history = [];
    private int _caret;
    private int _historyAt;

    /// <summary>The line.</summary>
    public string Text => _text.ToString();

    /// <summary>The caret's place in <see cref="Text"/>.</summary>
    public int Caret => _caret;

    /// <summary>Takes a key.</summary>
    /// <returns>The finished line on Enter, the empty text and <paramref name="end"/> on Ctrl+D in an empty line, else <see langword="null"/>.</returns>
    public string? Take(ConsoleKeyInfo key, out bool end)
    {
        end = false;
        var control = (key.Modifiers & ConsoleModifiers.Control) != 0;
        switch (key.Key)
        {
            case ConsoleKey.Enter: return Finish();
            case ConsoleKey.D when control && _text.Length == 0: end = true; return "";
            case ConsoleKey.Backspace: Remove(Left(), _caret); break;
            case ConsoleKey.Delete: Remove(_caret, Right()); break;
            case ConsoleKey.D when control: Remove(_caret, Right()); break;
            case ConsoleKey.LeftArrow: _caret = Left(); break;
            case ConsoleKey.RightArrow: _caret = Right(); break;
            case ConsoleKey.Home: _caret = 0; break;
            case ConsoleKey.A when control: _caret = 0; break;
            case ConsoleKey.End: _caret = _text.Length; break;
            case ConsoleKey.E when control: _caret = _text.Length; break;
            case ConsoleKey.U when control: Remove(0, _caret); break;
            case ConsoleKey.K when control: Remove(_caret, _text.Length); break;
            case ConsoleKey.W when control: Remove(WordStart(), _caret); break;
            case ConsoleKey.UpArrow: Recall(_historyAt - 1); break;
            case ConsoleKey.DownArrow: Recall(_historyAt + 1); break;
            default: Insert(key.KeyChar); break;
        }
        return null;
    }

    /// <summary>The part of the line that fits into <paramref name="columns"/> with the caret in it, and the caret's column in that part.</summary>
    public (string Visible, int Column) Window(int columns)
    {
        var text = Text;
        var start = 0;
        while (TerminalText.Width(text.AsSpan(start, _caret - start)) >= columns && start < _caret) start += Step(text, start);
        var end = start;
        for (var width = 0; end < text.Length; end += Step(text, end))
        {
            width += TerminalText.Width(text.AsSpan(end, Step(text, end)));
            if (width >= columns) break;
        }
        end = Math.Max(end, _caret);
        return (text[start..end], TerminalText.Width(text.AsSpan(start, _caret - start)));
    }

    private string Finish()
    {
        var line = Text;
        _text.Clear();
        _caret = 0;
        if (line.Length > 0 && (_history.Count == 0 || _history[^1] != line)) _history.Add(line);
        if (_history.Count > MaxHistory) _history.RemoveAt(0);
        _historyAt = _history.Count;
        return line;
    }

    private void Insert(char c)
    {
        if (char.IsControl(c) || _text.Length >= MaxLength) return;
        _text.Insert(_caret++, c);
    }

    private void Remove(int from, int to)
    {
        _text.Remove(from, to - from);
        _caret = from;
    }

    private void Recall(int at)
    {
        if (at < 0 || at > _history.Count) return;
        _historyAt = at;
        _text.Clear();
        if (at < _history.Count) _text.Append(_history[at]);
        _caret = _text.Length;
    }

    private int Left() => _caret >= 2 && char.IsSurrogatePair(_text[_caret - 2], _text[_caret - 1]) ? _caret - 2 : Math.Max(0, _caret - 1);

    private int Right() => Math.Min(_text.Length, _caret + (_caret < _text.Length ? Step(Text, _caret) : 0));

    private int WordStart()
    {
        var at = _caret;
        while (at > 0 && _text[at - 1] == ' ') at--;
        while (at > 0 && _text[at - 1] != ' ') at--;
        return at;
    }

    private static int Step(string text, int at) => at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;
}
