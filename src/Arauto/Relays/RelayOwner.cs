using System.Collections.Concurrent;
using Arauto.Backplanes.Links;
using Arauto.EngineIo;
using Arauto.Protocol;
using Arauto.Transports.EngineIo;
using Microsoft.Extensions.Logging;

namespace Arauto.Relays;

/// <summary>What came in on other nodes for the sessions of this one. Safe for concurrent use.</summary>
internal sealed partial class RelayOwner(EngineIoNode node, ILogger logger)
{
    private readonly ConcurrentDictionary<(NodeLink Entrance, ulong Request), IRelayed> _relayed = new();

    /// <summary>How much there is.</summary>
    public int Count => _relayed.Count;

    /// <summary>A record from the node that a client reached.</summary>
    public void Received(NodeLink entrance, RelayRecord record)
    {
        var socket = _relayed.GetValueOrDefault((entrance, record.Request)) as OwnerSocket;
        switch (record.Type)
        {
            case RelayRecordType.Ask when RelayAsk.TryRead(record.Rest, out var ask):
                Asked(entrance, record.Request, ask);
                break;
            case RelayRecordType.Text or RelayRecordType.Binary:
                socket?.Receive(record.Rest, record.Type == RelayRecordType.Binary);
                break;
            case RelayRecordType.PassedOn when record.TryReadNumber(out var cost):
                socket?.PassedOn(cost);
                break;
            case RelayRecordType.Closed when record.TryReadNumber(out var code):
                socket?.Closed(code == 0 ? null : (CloseCode)code);
                break;
        }
    }

    /// <summary>A node is gone, and with it its clients' connections.</summary>
    public void Lost(NodeLink entrance)
    {
        foreach (var (key, relayed) in _relayed)
            if (key.Entrance == entrance) relayed.Lost();
    }

    private void Asked(NodeLink entrance, ulong request, RelayAsk ask)
    {
        if (!node.TryFind(ask.Path, ask.Session, out var mount, out var session))
        {
            Answer(entrance, request, RelayAnswer.Unknown);
            return;
        }
        switch (ask.Kind)
        {
            case RelayAskKind.Poll or RelayAskKind.Post:
                Serve(entrance, request, new OwnerRequest(mount, session, ask));
                break;
            case RelayAskKind.Upgrade when mount.Options.AllowUpgrades:
                Upgrade(entrance, request, session, ask);
                break;
            case RelayAskKind.Release:
                session.ReleasePoll();
                break;
            case RelayAskKind.Abort:
                session.Close(EngineIoCloseReason.TransportError);
                break;
            default:
                Answer(entrance, request, RelayAnswer.Refused(EngineIoError.BadRequest));
                break;
        }
    }

    private void Serve(NodeLink entrance, ulong request, OwnerRequest served)
    {
        Add(entrance, request, served);
        // The handler runs on the pool, since those who wait for the bus do not wait for it.
        served.Serving = Task.Run(() => ServeAsync(entrance, request, served));
    }

    private async Task ServeAsync(NodeLink entrance, ulong request, OwnerRequest served)
    {
        var answer = RelayAnswer.Unknown;
        try
        {
            answer = await served.AnswerAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Log.Failed(logger, exception);
            served.Lost();
        }
        _relayed.TryRemove((entrance, request), out _);
        Answer(entrance, request, answer);
    }

    private void Upgrade(NodeLink entrance, ulong request, EngineIoSession session, RelayAsk ask)
    {
        var transport = new OwnerSocket(entrance, request, () => _relayed.TryRemove((entrance, request), out _));
        var socket = new EngineIoSocket(session, transport, ask.Headers);
        transport.Start(socket);
        Add(entrance, request, transport);
        Answer(entrance, request, new RelayAnswer(RelayOutcome.Accepted));
        if (!session.TryBeginUpgrade(socket)) socket.Close();
    }

    private void Add(NodeLink entrance, ulong request, IRelayed relayed)
    {
        _relayed[(entrance, request)] = relayed;
        if (entrance.IsLost) relayed.Lost();
    }

    private static void Answer(NodeLink entrance, ulong request, RelayAnswer answer) => entrance.Send(answer.ToRecord(request));
}
