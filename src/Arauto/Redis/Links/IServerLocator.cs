using System.Net;

namespace Arauto.Redis.Links;

/// <summary>Says which server to connect to.</summary>
internal interface IServerLocator : IAsyncDisposable
{
    /// <summary>Looks for the server; called before each try to connect.</summary>
    /// <exception cref="RedisUnavailableException">It is not known now.</exception>
    ValueTask<DnsEndPoint> LocateAsync(CancellationToken cancellationToken);

    /// <summary>Begins to watch for another server taking the place.</summary>
    /// <param name="moved">Called with the server that is the one now.</param>
    void Start(Action<DnsEndPoint> moved);
}
