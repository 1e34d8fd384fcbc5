using Arauto.Server.CommandLine.Terminals;

namespace Arauto.Server.Tests.CommandLine.Terminals;

public sealed class TerminalTextTests
{
    [Theory]
    [InlineData("hello", "hello")]
    [InlineData("a\u001b[2Jb", "a[2Jb")]
    [InlineData("a\u009b31mb", "a31mb")]
    [InlineData("title\u001b]0;x\u0007", "title]0;x")]
    [InlineData("one\ntwo\tthree\r", "one two three")]
    [InlineData("back\b\u007f", "back")]
    [InlineData("a\u202egnp.exe", "agnp.exe")]
    [InlineData("a\u2066b\u2069", "ab")]
    [InlineData("a\u2028b", "a b")]
    [InlineData("\ufeffx", "x")]
    [InlineData("olá 世界 👩‍👩‍👧", "olá 世界 👩‍👩‍👧")]
    public void What_a_terminal_would_act_on_is_removed(string text, string clean) => Assert.Equal(clean, TerminalText.Sanitize(text));

    [Fact]
    public void Half_of_a_surrogate_pair_becomes_the_replacement_character() =>
        Assert.Equal("a\ufffdb", TerminalText.Sanitize("a" + (char)0xd83d + "b"));

    [Theory]
    [InlineData("abc", 3)]
    [InlineData("世界", 4)]
    [InlineData("👍", 2)]
    [InlineData("e\u0301", 1)]
    public void Width_counts_columns(string text, int columns) => Assert.Equal(columns, TerminalText.Width(text));
}
