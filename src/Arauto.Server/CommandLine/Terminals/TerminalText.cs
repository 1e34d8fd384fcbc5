using System.Globalization;
using System.Text;

namespace Arauto.Server.CommandLine.Terminals;

/// <summary>Makes text from elsewhere safe to print, and measures it.</summary>
internal static class TerminalText
{
    /// <summary>
    /// Removes what a terminal would act on: control characters of both sets (C1 holds a one-byte escape sequence
    /// introducer), line and paragraph separators, and the marks that reorder text, with which a message could
    /// imitate another. Line breaks and tabs become spaces.
    /// </summary>
    public static string Sanitize(string text)
    {
        if (IsClean(text)) return text;
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is '\n' or '\t' or 0x2028 or 0x2029) clean.Append(' ');
            else if (!IsActedOn(rune)) clean.Append(rune.ToString());
        }
        return clean.ToString();
    }

    /// <summary>How many columns the rune takes: 0 for combining marks, 2 for wide scripts and pictures, else 1.</summary>
    public static int Width(Rune rune) => rune.Value switch
    {
        0x200D or (>= 0xFE00 and <= 0xFE0F) => 0,
        (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF)
            or (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60) or (>= 0xFFE0 and <= 0xFFE6) or (>= 0x1F300 and <= 0x1FAFF) or (>= 0x20000 and <= 0x3FFFD) => 2,
        _ => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark ? 0 : 1,
    };

    /// <summary>How many columns the text takes.</summary>
    public static int Width(ReadOnlySpan<char> text)
    {
        var width = 0;
        foreach (var rune in text.EnumerateRunes()) width += Width(rune);
        return width;
    }

    private static bool IsClean(string text)
    {
        foreach (var rune in text.EnumerateRunes())
            if (IsActedOn(rune) || rune == Rune.ReplacementChar) return false;
        return true;
    }

    private static bool IsActedOn(Rune rune) => Rune.IsControl(rune)
        || rune.Value is 0x061C or 0x200E or 0x200F or (>= 0x2028 and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0xFEFF;
}
