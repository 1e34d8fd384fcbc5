using System.Runtime.CompilerServices;

namespace Arauto.Connections;

/// <summary>Brings the outcome of slow work, started on a lane, back to the lane. The only way in which lane code waits.</summary>
internal sealed class LaneCompletion<T> : LaneWork
{
    private readonly Action<T> _done;
    private readonly Action<Exception> _failed;
    private ConfiguredValueTaskAwaitable<T>.ConfiguredValueTaskAwaiter _awaiter;

    private LaneCompletion(ValueTask<T> task, Action<T> done, Action<Exception> failed)
    {
        _done = done;
        _failed = failed;
        _awaiter = task.ConfigureAwait(false).GetAwaiter();
    }

    /// <summary>Runs <paramref name="done"/> or <paramref name="failed"/> on the lane: at once if the task has completed, else in a later turn.</summary>
    public static void Then(Lane lane, ValueTask<T> task, Action<T> done, Action<Exception> failed)
    {
        var completion = new LaneCompletion<T>(task, done, failed);
        if (completion._awaiter.IsCompleted) completion.Run();
        else completion._awaiter.UnsafeOnCompleted(() => lane.Post(completion));
    }

    public override void Run()
    {
        T result;
        try
        {
            result = _awaiter.GetResult();
        }
        catch (Exception e)
        {
            _failed(e);
            return;
        }
        _done(result);
    }
}
