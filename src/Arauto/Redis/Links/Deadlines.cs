namespace Arauto.Redis.Links;

/// <summary>Deadlines as timestamps.</summary>
internal static class Deadlines
{
    /// <summary>The timestamp after a span of time.</summary>
    public static long GetDeadline(this TimeProvider time, TimeSpan span) => time.GetTimestamp() + (long)(span.TotalSeconds * time.TimestampFrequency);
}
