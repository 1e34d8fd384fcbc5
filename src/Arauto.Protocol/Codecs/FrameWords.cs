using Arauto.Protocol.Frames;

namespace Arauto.Protocol.Codecs;

/// <summary>The words that stand on the wire for enumerations, equal in every encoding.</summary>
public static class FrameWords
{
    /// <summary>The presence action of a user who came.</summary>
    public const string Join = "join";
    /// <summary>The presence action of a user who left.</summary>
    public const string Leave = "leave";

    /// <summary>The word of a reason on the wire.</summary>
    public static string Word(this GapReason reason) => reason switch
    {
        GapReason.Trimmed => "trimmed",
        GapReason.EpochChanged => "epoch_changed",
        GapReason.SlowConsumer => "slow_consumer",
        GapReason.Conflated => "conflated",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };

    /// <summary>The word of a fan-out on the wire.</summary>
    public static string Word(this Fanout fanout) => fanout switch
    {
        Fanout.Full => "full",
        Fanout.Local => "local",
        Fanout.Deferred => "deferred",
        _ => throw new ArgumentOutOfRangeException(nameof(fanout), fanout, null),
    };

    /// <summary>The reason of a word; <see langword="null"/> for one this version does not know.</summary>
    public static GapReason? ToGapReason(string word) => word switch
    {
        "trimmed" => GapReason.Trimmed,
        "epoch_changed" => GapReason.EpochChanged,
        "slow_consumer" => GapReason.SlowConsumer,
        "conflated" => GapReason.Conflated,
        _ => null,
    };

    /// <summary>The fan-out of a word; <see langword="null"/> for one this version does not know.</summary>
    public static Fanout? ToFanout(string word) => word switch
    {
        "full" => Fanout.Full,
        "local" => Fanout.Local,
        "deferred" => Fanout.Deferred,
        _ => null,
    };
}
