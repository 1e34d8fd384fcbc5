using Microsoft.Extensions.Logging;

namespace Arauto.SocketIo.Cluster;

/// <summary>What goes wrong between the nodes of one namespace, for the log. Much of it comes in floods, and is said as <see cref="RepeatedWarning"/> does.</summary>
internal sealed partial class ClusterWarnings : IDisposable
{
    private readonly ILogger _logger;
    private readonly string _namespace;

    /// <param name="logger">The log.</param>
    /// <param name="ns">The namespace.</param>
    /// <param name="time">The clock.</param>
    public ClusterWarnings(ILogger logger, string ns, TimeProvider time)
    {
        _logger = logger;
        _namespace = ns;
        Overrun = new RepeatedWarning(time, (reason, count) => Log.Overrun(logger, ns, reason, count));
        NotSent = new RepeatedWarning(time, (reason, count) => Log.NotSent(logger, ns, reason, count));
        Malformed = new RepeatedWarning(time, (reason, count) => Log.Malformed(logger, ns, reason, count));
        NotDelivered = new RepeatedWarning(time, (reason, count) => Log.NotDelivered(logger, ns, reason, count));
        NotDone = new RepeatedWarning(time, (reason, count) => Log.NotDone(logger, ns, reason, count));
    }

    /// <summary>A message of another server found no room.</summary>
    public RepeatedWarning Overrun { get; }

    /// <summary>The others were not told something.</summary>
    public RepeatedWarning NotSent { get; }

    /// <summary>A message could not be read.</summary>
    public RepeatedWarning Malformed { get; }

    /// <summary>An event of another server is not delivered.</summary>
    public RepeatedWarning NotDelivered { get; }

    /// <summary>A request of another server is not carried out, or not answered.</summary>
    public RepeatedWarning NotDone { get; }

    /// <summary>A fault of this node.</summary>
    public void Failed(Exception exception) => Log.Failed(_logger, exception, _namespace);

    public void Dispose()
    {
        Overrun.Dispose();
        NotSent.Dispose();
        Malformed.Dispose();
        NotDelivered.Dispose();
        NotDone.Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(2020, LogLevel.Warning, "Other servers of {Namespace} say more than this node can take; dropped: {Reason} ({Count} since this was last said)")]
        public static partial void Overrun(ILogger logger, string @namespace, string reason, long count);

        [LoggerMessage(2021, LogLevel.Warning, "The other servers of {Namespace} were not told: {Reason} ({Count} since this was last said)")]
        public static partial void NotSent(ILogger logger, string @namespace, string reason, long count);

        [LoggerMessage(2022, LogLevel.Warning, "In {Namespace} a message on {Channel} is none of Socket.IO's, or has more than this node takes ({Count} since this was last said)")]
        public static partial void Malformed(ILogger logger, string @namespace, string channel, long count);

        [LoggerMessage(2023, LogLevel.Warning, "An event of another server in {Namespace} is not delivered: {Reason} ({Count} since this was last said)")]
        public static partial void NotDelivered(ILogger logger, string @namespace, string reason, long count);

        [LoggerMessage(2024, LogLevel.Warning, "A request of another server in {Namespace} is not carried out: {Reason} ({Count} since this was last said)")]
        public static partial void NotDone(ILogger logger, string @namespace, string reason, long count);

        [LoggerMessage(2025, LogLevel.Error, "A request of another server in {Namespace} could not be carried out")]
        public static partial void Failed(ILogger logger, Exception exception, string @namespace);
    }
}
