using System.Net;

namespace Arauto.Redis.Links;

/// <summary>Says which server to connect to.</summary>
internal interface IServerLocator
{
    /// <summary>Looks for the server; called before each try to connect.</summary>
    /// <exception cref="RedisUnavailableException">It is not known now.</exception>
    ValueTask<DnsEndPoint> LocateAsync(CancellationToken cancellationToken);
}
