using Arauto.Channels;
using Arauto.Protocol;

namespace Arauto.Connections;

/// <summary>One channel of a request.</summary>
/// <param name="Channel">The name.</param>
/// <param name="Rule">Its rule.</param>
/// <param name="Since">Where the client was; <see langword="null"/> to begin now.</param>
internal readonly record struct FollowedChannel(string Channel, ChannelRule Rule, Position? Since);
