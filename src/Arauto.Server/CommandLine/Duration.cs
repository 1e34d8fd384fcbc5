using System.Globalization;

namespace Arauto.Server.CommandLine;

/// <summary>Durations as people write them: <c>90s</c>, <c>15m</c>, <c>1h</c>, <c>7d</c>.</summary>
internal static class Duration
{
    /// <summary>What a duration looks like, for error messages.</summary>
    public const string Form = "a whole number above zero with s, m, h or d, such as 90s, 15m, 1h, 7d";

    /// <summary>Parses a duration.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        if (text.Length < 2 || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0) return false;
        double? seconds = text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, _ => null };
        if (seconds is not { } unit || number * unit > TimeSpan.FromDays(36500).TotalSeconds) return false;
        duration = TimeSpan.FromSeconds(number * unit);
        return true;
    }
}
