using Arauto.Server.CommandLine.Chatting;

namespace Arauto.Server.Tests.CommandLine.Chatting;

public sealed class LineEditorTests
{
    private readonly LineEditor _editor = new();

    [Fact]
    public void Typed_text_is_returned_on_enter()
    {
        Type("hello");
        Assert.Equal("hello", Press(ConsoleKey.Enter));
        Assert.Equal("", _editor.Text);
    }

    [Fact]
    public void Caret_moves_and_edits_in_the_middle()
    {
        Type("helo");
        Press(ConsoleKey.LeftArrow);
        Type("l");
        Assert.Equal("hello", _editor.Text);
        Press(ConsoleKey.Home);
        Press(ConsoleKey.Delete);
        Assert.Equal("ello", _editor.Text);
        Press(ConsoleKey.End);
        Press(ConsoleKey.Backspace);
        Assert.Equal("ell", _editor.Text);
    }

    [Fact]
    public void Character_outside_the_basic_plane_is_one()
    {
        Type("a👍b");
        Press(ConsoleKey.LeftArrow);
        Press(ConsoleKey.Backspace);
        Assert.Equal("ab", _editor.Text);
        Type("👍");
        Press(ConsoleKey.LeftArrow);
        Assert.Equal(1, _editor.Caret);
        Press(ConsoleKey.RightArrow);
        Assert.Equal(3, _editor.Caret);
    }

    [Fact]
    public void Words_and_line_parts_are_removed()
    {
        Type("one two three");
        Control(ConsoleKey.W);
        Assert.Equal("one two ", _editor.Text);
        Control(ConsoleKey.A);
        Control(ConsoleKey.K);
        Assert.Equal("", _editor.Text);
        Type("gone");
        Control(ConsoleKey.U);
        Assert.Equal("", _editor.Text);
    }

    [Fact]
    public void Earlier_lines_come_back()
    {
        Type("first");
        Press(ConsoleKey.Enter);
        Type("second");
        Press(ConsoleKey.Enter);
        Press(ConsoleKey.UpArrow);
        Press(ConsoleKey.UpArrow);
        Press(ConsoleKey.UpArrow);
        Assert.Equal("first", _editor.Text);
        Press(ConsoleKey.DownArrow);
        Press(ConsoleKey.DownArrow);
        Assert.Equal("", _editor.Text);
    }

    [Fact]
    public void Control_d_ends_only_in_an_empty_line()
    {
        Type("x");
        _editor.Take(new ConsoleKeyInfo('\u0004', ConsoleKey.D, false, false, true), out var end);
        Assert.False(end);
        Press(ConsoleKey.Backspace);
        _editor.Take(new ConsoleKeyInfo('\u0004', ConsoleKey.D, false, false, true), out end);
        Assert.True(end);
    }

    [Fact]
    public void Control_characters_are_not_taken_and_length_is_bounded()
    {
        Type("\u001b\u0007\t");
        Assert.Equal("", _editor.Text);
        Type(new string('x', LineEditor.MaxLength + 10));
        Assert.Equal(LineEditor.MaxLength, _editor.Text.Length);
    }

    [Theory]
    [InlineData("short", 80, "short", 5)]
    [InlineData("0123456789", 5, "6789", 4)]
    [InlineData("世界世界", 5, "世界", 4)]
    public void Window_shows_the_part_around_the_caret(string text, int columns, string visible, int column)
    {
        Type(text);
        Assert.Equal((visible, column), _editor.Window(columns));
    }

    [Fact]
    public void Window_at_the_start_shows_the_start()
    {
        Type("0123456789");
        Press(ConsoleKey.Home);
        Assert.Equal(("0123", 0), _editor.Window(5));
    }

    private void Type(string text)
    {
        foreach (var c in text) Assert.Null(_editor.Take(new ConsoleKeyInfo(c, ConsoleKey.None, false, false, false), out _));
    }

    private string? Press(ConsoleKey key) => _editor.Take(new ConsoleKeyInfo('\0', key, false, false, false), out _);

    private void Control(ConsoleKey key) => _editor.Take(new ConsoleKeyInfo('\0', key, false, false, true), out _);
}
