namespace Arauto.Client.Connections;

/// <summary>A step of <see cref="Heartbeat"/>.</summary>
internal enum HeartbeatAction
{
    /// <summary>The server was heard lately.</summary>
    None,

    /// <summary>Ask whether it is there.</summary>
    Ping,

    /// <summary>It is gone.</summary>
    GiveUp,
}
