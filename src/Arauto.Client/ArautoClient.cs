using Arauto.Client.Sessions;
using Arauto.Client.Transports;
using Arauto.Client.Transports.Http;
using Arauto.Protocol.Frames;

namespace Arauto.Client;

/// <summary>
/// A client of the Arauto server. Connects with the first use, over the best transport that gets through, reconnects by
/// itself, resumes every subscription from its cursor and repeats unanswered commands, so that nothing is lost or
/// doubled over a lost connection or a change of the transport.
/// All members are safe for use from any thread.
/// </summary>
/// <remarks>
/// Events are raised one at a time, in the order of the frames, on the client's receive loop: a handler that is slow
/// holds up everything else of the client, and one that waits for an answer of the same client waits for ever.
/// </remarks>
public sealed partial class ArautoClient : IAsyncDisposable
{
    private readonly ArautoClientOptions _options;
    private readonly ClientSession _session;
    private readonly HttpGateway _http;
    private readonly CommandCalls _calls;
    private readonly Random _random;

    /// <summary>Makes a client; nothing is sent before its first use.</summary>
    /// <exception cref="ArgumentException">An option is missing or out of range; the message names it.</exception>
    public ArautoClient(ArautoClientOptions options)
        : this(options, Random.Shared)
    {
    }

    internal ArautoClient(ArautoClientOptions options, Random random)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _random = random;
        _http = new HttpGateway(options);
        _calls = new CommandCalls(_http, options);
        _session = new ClientSession(options, new TransportFactory(options, _http), new Observer(this), random);
    }

    /// <summary>Where the connection stands.</summary>
    public ConnectionStatus Status => _session.Status;

    /// <summary>The connection's state changed.</summary>
    public event EventHandler<ConnectionStatus>? StatusChanged;

    /// <summary>A subscription was accepted, for the first time or again after a reconnect; messages follow.</summary>
    public event EventHandler<SubscribeReply>? Subscribed;

    /// <summary>Messages between two positions do not come. Raised before the messages after the gap can be read.</summary>
    public event EventHandler<GapFrame>? Gap;

    /// <summary>A user came to or left a subscribed channel.</summary>
    public event EventHandler<PresenceFrame>? PresenceChanged;

    /// <summary>A user types in a subscribed channel.</summary>
    public event EventHandler<TypingFrame>? Typing;

    /// <summary>A user's marks in a subscribed channel rose.</summary>
    public event EventHandler<ReceiptFrame>? ReceiptChanged;

    /// <summary>A message of a channel without a subscription here, such as the user's own channels on servers that push them.</summary>
    public event EventHandler<Message>? MessageReceived;

    /// <summary>The server reported an error that belongs to no call and no subscription.</summary>
    public event EventHandler<ErrorFrame>? ErrorReceived;

    /// <summary>Ends the connection with a close frame. Calls in progress fail with <see cref="ObjectDisposedException"/>; enumerations end.</summary>
    public async ValueTask DisposeAsync()
    {
        await _session.DisposeAsync().ConfigureAwait(false);
        _http.Dispose();
    }
}
