using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Arauto.Scenarios.Clients;

/// <summary>
/// Publishes on a schedule that does not wait for the server. Each message carries the time at which it was due, so that
/// a stalled server or a late publisher shows as latency.
/// </summary>
internal static partial class PacedPublisher
{
    /// <summary>What a message's time stands behind.</summary>
    public static ReadOnlySpan<byte> Marker => "T="u8;

    /// <summary>The digits of a time.</summary>
    public const int Digits = 20;

    /// <summary>A text of so many bytes, quotes included, with room for a time.</summary>
    public static string Data(int bytes) => $"T={new string('0', Digits)}{new string('x', Math.Max(0, bytes - Digits - 4))}";

    /// <summary>Publishes on a thread of its own.</summary>
    /// <param name="connection">Over which connection.</param>
    /// <param name="message">The frame that publishes, with <see cref="Data"/> in it.</param>
    /// <param name="count">How many messages.</param>
    /// <param name="rate">How many per second.</param>
    public static Task RunAsync(LoadConnection connection, string message, int count, int rate) => Task.Factory.StartNew(
        () =>
        {
            var frame = Encoding.UTF8.GetBytes(message);
            var stamp = frame.AsMemory(frame.AsSpan().IndexOf(Marker) + 2, Digits);
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < count; i++)
            {
                var due = start + (i * Stopwatch.Frequency / rate);
                SleepUntil(due);
                due.TryFormat(stamp.Span, out _, "D20");
                connection.Send(frame);
            }
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    /// <summary>The time in a received frame, or 0 if it is no message of ours.</summary>
    public static long TimeOf(ReadOnlySpan<byte> frame)
    {
        var at = frame.IndexOf(Marker);
        if (at < 0 || frame.Length < at + 2 + Digits) return 0;
        var time = 0L;
        foreach (var digit in frame.Slice(at + 2, Digits)) time = (time * 10) + (digit - '0');
        return time;
    }

    /// <remarks>The runtime's own timers wait in whole milliseconds, which is as long as a delivery takes.</remarks>
    private static void SleepUntil(long due)
    {
        while (true)
        {
            var wait = due - Stopwatch.GetTimestamp();
            if (wait <= 0) return;
            var time = new TimeSpec(wait / Stopwatch.Frequency, wait % Stopwatch.Frequency * (1_000_000_000 / Stopwatch.Frequency));
            _ = NanoSleep(in time, nint.Zero);
        }
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int NanoSleep(in TimeSpec request, nint remaining);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct TimeSpec(long Seconds, long Nanoseconds);
}
