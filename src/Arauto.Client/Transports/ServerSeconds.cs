namespace Arauto.Client.Transports;

/// <summary>Durations as the server states them: seconds, from somebody else, so bounded before use.</summary>
internal static class ServerSeconds
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>The duration, at least zero and at most a day; <see langword="null"/> for no or no sensible number.</summary>
    public static TimeSpan? Read(double? seconds) => seconds is { } value && !double.IsNaN(value)
        ? TimeSpan.FromSeconds(Math.Clamp(value, 0, Longest.TotalSeconds))
        : null;

    /// <summary>The same bounds for a duration that was read elsewhere.</summary>
    public static TimeSpan? Bound(TimeSpan? duration) => Read(duration?.TotalSeconds);
}
