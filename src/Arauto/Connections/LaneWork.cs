namespace Arauto.Connections;

/// <summary>Something a lane does in its next turn. The object is its own link in the inbox, so that posting allocates nothing more.</summary>
/// <remarks>An instance may be posted again only after it has run.</remarks>
internal abstract class LaneWork
{
    /// <summary>The next one in the inbox; the lane's own.</summary>
    internal LaneWork? Next { get; set; }

    /// <summary>Runs on the lane. An exception is a fault of ours: it is logged and touches nothing else.</summary>
    public abstract void Run();
}
