using Microsoft.Extensions.Logging;

namespace Arauto.Auth;

internal sealed partial class JwksKeys
{
    private static partial class Log
    {
        [LoggerMessage(1300, LogLevel.Information, "Read {Keys} signing keys of the issuer; {Skipped} more are of a kind that is not used")]
        public static partial void KeysRead(ILogger logger, int keys, int skipped);

        [LoggerMessage(1301, LogLevel.Warning, "Cannot read the issuer's signing keys from {Url}: {Reason} The {Keys} known keys stay in use")]
        public static partial void FetchFailed(ILogger logger, string url, string reason, int keys);
    }
}
