using Arauto.Redis;

namespace Arauto.SocketIo.Cluster;

/// <summary>How the nodes of one namespace talk over Redis: names of channels and bytes. Pure; safe for concurrent use.</summary>
internal interface IClusterProtocol
{
    /// <summary>What a node listens to as long as it lives. By the last one it is counted: who is counted hears all.</summary>
    IReadOnlyList<RedisTopic> Topics { get; }

    /// <summary>Among them the one that every node has exactly once.</summary>
    RedisTopic CountedTopic { get; }

    /// <summary>Asks how many have it; the reply ends with the number.</summary>
    RedisCommand Count { get; }

    /// <summary>What a node listens to as long as it has sockets in a room; <see langword="null"/> if that needs nothing of its own.</summary>
    RedisTopic? TopicOf(string room);

    /// <summary>The only room that a message of a channel can be for; <see langword="null"/> if it may be for others.</summary>
    string? RoomOf(string channel);

    /// <summary>Whether a channel is for answers, which need not wait behind what others want of this node.</summary>
    bool IsForAnswers(string channel);

    /// <summary>The command that tells all nodes.</summary>
    RedisCommand Encode(ClusterRequest request);

    /// <summary>The command that answers.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="requester">Who asked.</param>
    RedisCommand Encode(ClusterAnswer answer, string requester);

    /// <summary>Reads a message.</summary>
    /// <param name="channel">The channel it came on.</param>
    /// <param name="payload">Its bytes.</param>
    /// <param name="message">The message; <see langword="null"/> if it is nothing for this node.</param>
    /// <returns><see langword="false"/> if the bytes are no message.</returns>
    bool TryDecode(string channel, ReadOnlyMemory<byte> payload, out ClusterMessage? message);
}
