namespace Arauto.Gateways;

/// <summary>Not every client acknowledged an event in time.</summary>
public sealed class AckTimeoutException : TimeoutException
{
    internal AckTimeoutException(string name, TimeSpan timeout, IReadOnlyList<EventArguments> answers, int missing)
        : base($"{missing} acknowledgement{(missing == 1 ? "" : "s")} of \"{name}\" did not come within {timeout.TotalSeconds:0.###} s.")
    {
        Timeout = timeout;
        Answers = answers;
        Missing = missing;
    }

    /// <summary>How long was waited.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>The acknowledgements that came.</summary>
    public IReadOnlyList<EventArguments> Answers { get; }

    /// <summary>How many did not.</summary>
    public int Missing { get; }
}
