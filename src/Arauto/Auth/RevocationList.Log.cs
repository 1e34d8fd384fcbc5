using Microsoft.Extensions.Logging;

namespace Arauto.Auth;

internal sealed partial class RevocationList
{
    private static partial class Log
    {
        [LoggerMessage(1310, LogLevel.Information, "{Count} revocations are in force")]
        public static partial void Loaded(ILogger logger, int count);

        [LoggerMessage(1311, LogLevel.Information, "Revoked: user {User}, token id {TokenId}, issued up to {IssuedBefore:O}")]
        public static partial void Revoked(ILogger logger, string? user, string? tokenId, DateTimeOffset issuedBefore);

        [LoggerMessage(1312, LogLevel.Error, "The list of revocations is full ({Capacity}): {Dropped} that were still needed are forgotten, and their tokens valid again until they expire")]
        public static partial void Dropped(ILogger logger, int dropped, int capacity);
    }
}
