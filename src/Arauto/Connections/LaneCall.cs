namespace Arauto.Connections;

/// <summary>A question to a lane from another thread.</summary>
internal sealed class LaneCall<T>(Func<T> ask) : LaneWork
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Has the lane answer in its next turn.</summary>
    public static Task<T> AskAsync(Lane lane, Func<T> ask)
    {
        var call = new LaneCall<T>(ask);
        lane.Post(call);
        return call._answer.Task;
    }

    public override void Run()
    {
        try
        {
            _answer.SetResult(ask());
        }
        catch (Exception e)
        {
            _answer.SetException(e);
        }
    }
}
