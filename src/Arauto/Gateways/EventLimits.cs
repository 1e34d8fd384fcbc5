using System.Runtime.CompilerServices;
using Arauto.Limits;

namespace Arauto.Gateways;

/// <summary>How often each socket may send the events that have a rate. Safe for concurrent use; a socket's buckets go with it.</summary>
internal sealed class EventLimits
{
    private readonly TimeProvider _time;
    private readonly Func<Socket, TokenBucket[]> _newBuckets;
    private readonly ConditionalWeakTable<Socket, TokenBucket[]> _buckets = [];
    private readonly List<TokenRate> _rates = [];

    public EventLimits(TimeProvider time)
    {
        _time = time;
        _newBuckets = _ => new TokenBucket[_rates.Count];
    }

    /// <summary>Adds a rate, while the application starts.</summary>
    /// <returns>Its number, for <see cref="TryTake"/>.</returns>
    public int Add(double perSecond, int burst)
    {
        _rates.Add(new TokenRate(perSecond, burst > 0 ? burst : (int)Math.Clamp(Math.Ceiling(perSecond), 1, int.MaxValue), _time));
        return _rates.Count - 1;
    }

    /// <summary>Takes one event from the socket's bucket.</summary>
    /// <param name="socket">Who sent it.</param>
    /// <param name="rate">Which rate.</param>
    /// <param name="wait">When there is none left: the time after which there is one again.</param>
    public bool TryTake(Socket socket, int rate, out TimeSpan wait) =>
        _buckets.GetOrAdd(socket, _newBuckets)[rate].TryTake(_rates[rate], _time.GetTimestamp(), out wait);
}
