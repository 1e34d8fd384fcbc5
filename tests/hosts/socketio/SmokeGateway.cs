using Arauto.Gateways;

namespace Arauto.SocketIoHost;

/// <summary>Both namespaces of the suite of the Python client: echoes, rooms, broadcasts and ends.</summary>
internal class SmokeGateway : Gateway
{
    private const string Done = "ok";

    public override ValueTask OnConnectedAsync() => Conf.EmitAuth(Socket);

    [Event("message")]
    public ValueTask Message(EventArguments arguments) => Socket.EmitAsync("message-back", arguments);

    [Event("getId")]
    public string GetId() => Socket.Id;

    [Event("transport")]
    public string GetTransport() => Socket.Transport;

    [Event("join")]
    public async Task<string> JoinAsync(string room)
    {
        await Socket.JoinAsync(room);
        return Done;
    }

    [Event("leave")]
    public async Task<string> LeaveAsync(string room)
    {
        await Socket.LeaveAsync(room);
        return Done;
    }

    [Event("to-room")]
    public ValueTask ToRoom(string room, EventArguments data) => Clients.To(room).EmitAsync("room-msg", room, data);

    [Event("to-room-others")]
    public ValueTask ToOthersInRoom(string room, EventArguments data) => Socket.To(room).EmitAsync("room-msg", room, data);

    [Event("bcast-all")]
    public ValueTask ToAll(EventArguments data) => Clients.EmitAsync("bcast", data);

    [Event("bcast-others")]
    public ValueTask ToOthers(EventArguments data) => Socket.Broadcast.EmitAsync("bcast", data);

    [Event("ask-me")]
    public Task<EventArguments> Ask(EventArguments arguments) => Socket.EmitWithAckAsync("question", arguments);

    [Event("kick-nsp")]
    public ValueTask Kick() => Socket.DisconnectAsync();

    [Event("kick-hard")]
    public ValueTask KickHard() => Socket.DisconnectAsync(closeConnection: true);
}
