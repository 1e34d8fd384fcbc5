using Arauto.Protocol.Frames;

namespace Arauto.Protocol.Codecs;

/// <summary>The words that stand on the wire for enumerations, equal in every encoding.</summary>
internal static class FrameWords
{
    public const string Join = "join";
    public const string Leave = "leave";

    public static string Word(this GapReason reason) => reason switch
    {
        GapReason.Trimmed => "trimmed",
        GapReason.EpochChanged => "epoch_changed",
        GapReason.SlowConsumer => "slow_consumer",
        GapReason.Conflated => "conflated",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };

    public static string Word(this Fanout fanout) => fanout switch
    {
        Fanout.Full => "full",
        Fanout.Local => "local",
        Fanout.Deferred => "deferred",
        _ => throw new ArgumentOutOfRangeException(nameof(fanout), fanout, null),
    };

    public static GapReason? ToGapReason(string word) => word switch
    {
        "trimmed" => GapReason.Trimmed,
        "epoch_changed" => GapReason.EpochChanged,
        "slow_consumer" => GapReason.SlowConsumer,
        "conflated" => GapReason.Conflated,
        _ => null,
    };

    public static Fanout? ToFanout(string word) => word switch
    {
        "full" => Fanout.Full,
        "local" => Fanout.Local,
        "deferred" => Fanout.Deferred,
        _ => null,
    };
}
