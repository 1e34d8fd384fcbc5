using System.Text;
using Arauto.Protocol;
using Arauto.Protocol.Frames;

namespace Arauto.Benchmarks;

/// <summary>The message that all benchmarks use.</summary>
internal static class Messages
{
    /// <summary>128 bytes of JSON.</summary>
    public static string Payload { get; } = $$"""{"content":"{{new string('x', 114)}}"}""";

    private static readonly byte[] Data = Encoding.UTF8.GetBytes(Payload);

    /// <summary>A message at a position.</summary>
    public static MessageFrame Create(string channel, Position position) => new()
    {
        Channel = channel,
        Event = "chat",
        Data = Data,
        From = "alice",
        Id = new Guid("0195d6a0-7f00-7c00-8000-000000000002"),
        Timestamp = new DateTimeOffset(2026, 11, 20, 10, 0, 0, TimeSpan.Zero),
        Position = position,
    };
}
