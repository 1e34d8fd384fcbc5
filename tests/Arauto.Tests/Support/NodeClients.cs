using System.Net.WebSockets;
using Arauto.Tests.Connections;

namespace Arauto.Tests.Support;

/// <summary>Clients as tests of many nodes want them.</summary>
internal static class NodeClients
{
    /// <summary>One that is subscribed.</summary>
    public static async Task<WireClient> SubscribedAsync(this INode node, string user, string channel)
    {
        var client = await node.ConnectAsync(user);
        (await client.SubscribeAsync(channel)).IsReply();
        return client;
    }

    /// <summary>One that has been welcomed; <see langword="null"/> if the user has as many connections as it may.</summary>
    public static async Task<WireClient?> TryConnectAsync(this INode node, string user)
    {
        try
        {
            var client = await node.ConnectAsync(user);
            await client.ReceiveAsync("connected");
            return client;
        }
        catch (WebSocketException e) when (e.Message.Contains("429", StringComparison.Ordinal))
        {
            return null;
        }
    }

    /// <summary>Who is present, with how many connections: <c>anna 1, bob 2</c>.</summary>
    public static async Task<string> UsersAsync(this WireClient client, string channel)
    {
        var users = (await client.AskAsync(new { type = "presence", channel })).IsReply()["users"]!.AsArray();
        return string.Join(", ", users.Select(user => $"{(string)user!["user"]!} {(int)user["connections"]!}"));
    }
}
