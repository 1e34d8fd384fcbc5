using System.Collections.Concurrent;
using System.Text.Json;
using Arauto.Backplanes;
using Arauto.Backplanes.Redis;
using Arauto.Hubs;
using Arauto.Options;
using Arauto.Protocol;
using Arauto.Transports;
using Microsoft.Extensions.Logging;

namespace Arauto.Nodes;

/// <summary>The live connections of all nodes, for operators: each node is asked, and says what it has. Safe for concurrent use.</summary>
/// <remarks>Asked seldom, so nobody keeps a table of all connections up to date for it.</remarks>
internal sealed partial class ConnectionCensus
{
    /// <summary>The most connections of a list.</summary>
    public const int Most = 1000;

    /// <summary>How long the others may take. They answer within milliseconds or are away.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Guid, Gathering> _gatherings = new();
    private readonly Hub _hub;
    private readonly INodeBus _bus;
    private readonly NodeDirectory? _nodes;
    private readonly string _node;
    private readonly TimeProvider _time;
    private readonly ILogger<ConnectionCensus> _logger;

    /// <param name="hub">The connections of this node.</param>
    /// <param name="bus">The way to the others.</param>
    /// <param name="nodes">Which others there are; <see langword="null"/> where there are none.</param>
    /// <param name="options">Where this node's name is.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public ConnectionCensus(Hub hub, INodeBus bus, NodeDirectory? nodes, ArautoOptions options, TimeProvider time, ILogger<ConnectionCensus> logger)
    {
        _hub = hub;
        _bus = bus;
        _nodes = nodes;
        _node = options.Node;
        _time = time;
        _logger = logger;
        // Not on the thread that hears for everybody: a list is some work.
        bus.Handle(NodeMessageKind.ConnectionQuestion, question => Task.Run(() => AnswerAsync(question)));
        bus.Handle(NodeMessageKind.ConnectionAnswer, Gather);
    }

    /// <summary>Lists connections, at most <see cref="Most"/>, ordered by id.</summary>
    /// <param name="user">Whose; <see langword="null"/> for all.</param>
    /// <param name="cancellationToken">Ends the wait for the others.</param>
    /// <returns>The connections, and how many nodes did not say theirs.</returns>
    public async ValueTask<(IReadOnlyList<LiveConnection> Connections, int Missing)> ListAsync(string? user, CancellationToken cancellationToken)
    {
        var (answers, missing) = await AskAsync(new ConnectionQuestion(Guid.CreateVersion7(_time.GetUtcNow()), user, null), cancellationToken).ConfigureAwait(false);
        var all = ListHere(user).Concat(answers.SelectMany(answer => answer.Connections));
        return ([.. all.OrderBy(connection => connection.Id, StringComparer.Ordinal).Take(Most)], missing);
    }

    /// <summary>Closes a connection, wherever it is.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancellationToken">Ends the wait for the others.</param>
    /// <returns>Whether it was found, and how many nodes did not say whether they have it.</returns>
    public async ValueTask<(bool Found, int Missing)> CloseAsync(string id, CancellationToken cancellationToken)
    {
        if (CloseHere(id)) return (true, 0);
        var (answers, missing) = await AskAsync(new ConnectionQuestion(Guid.CreateVersion7(_time.GetUtcNow()), null, id), cancellationToken).ConfigureAwait(false);
        return (answers.Any(answer => answer.Closed), missing);
    }

    private IReadOnlyList<LiveConnection> ListHere(string? user)
    {
        var found = user is null ? _hub.Connections : _hub.ConnectionsOf(user);
        return [.. found.Take(Most).Select(connection => new LiveConnection(
            connection.Id, connection.Identity?.User, connection.TransportKind.Word(), connection.Protocol, connection.Origin.Address, _node))];
    }

    private bool CloseHere(string id)
    {
        if (!_hub.TryFind(id, out var connection)) return false;
        connection.CloseFromOutside(CloseCode.Terminated, null);
        return true;
    }

    private async ValueTask<(IReadOnlyCollection<ConnectionAnswer> Answers, int Missing)> AskAsync(ConnectionQuestion question, CancellationToken cancellationToken)
    {
        var others = _nodes?.Live.Where(node => node != _nodes.Self).ToHashSet(StringComparer.Ordinal) ?? [];
        if (others.Count == 0) return ([], 0);
        var gathering = _gatherings[question.Id] = new Gathering(others);
        try
        {
            if (await _bus.BroadcastAsync(NodeMessageKind.ConnectionQuestion, JsonSerializer.SerializeToUtf8Bytes(question, NewsJson.Default.ConnectionQuestion)).ConfigureAwait(false))
                await gathering.All.WaitAsync(Patience, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Who has not answered now is missing.
        }
        finally
        {
            _gatherings.TryRemove(question.Id, out _);
        }
        return gathering.End();
    }

    private async Task AnswerAsync(NodeMessage message)
    {
        if (!TryRead(message, out var question)) return;
        var answer = question.Close is { } id
            ? new ConnectionAnswer(question.Id, [], CloseHere(id))
            : new ConnectionAnswer(question.Id, ListHere(question.User), Closed: false);
        // If it is lost, whoever asked says that it is missing.
        await _bus.SendAsync(message.Sender, NodeMessageKind.ConnectionAnswer, JsonSerializer.SerializeToUtf8Bytes(answer, NewsJson.Default.ConnectionAnswer), CancellationToken.None)
            .ConfigureAwait(false);
    }

    private bool TryRead(NodeMessage message, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ConnectionQuestion? question)
    {
        question = null;
        try
        {
            question = JsonSerializer.Deserialize(message.Body.Span, NewsJson.Default.ConnectionQuestion);
        }
        catch (JsonException e)
        {
            Log.NotUnderstood(_logger, message.Sender, e.Message);
        }
        return question is not null;
    }

    private void Gather(NodeMessage message)
    {
        try
        {
            if (JsonSerializer.Deserialize(message.Body.Span, NewsJson.Default.ConnectionAnswer) is { } answer && _gatherings.TryGetValue(answer.Id, out var gathering))
                gathering.Add(message.Sender, answer);
        }
        catch (JsonException e)
        {
            Log.NotUnderstood(_logger, message.Sender, e.Message);
        }
    }

    /// <summary>The answers to one question.</summary>
    private sealed class Gathering(HashSet<string> waited)
    {
        private readonly List<ConnectionAnswer> _answers = [];
        private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task All => _all.Task;

        public void Add(string node, ConnectionAnswer answer)
        {
            lock (waited)
            {
                if (!waited.Remove(node)) return;
                _answers.Add(answer);
                if (waited.Count == 0) _all.TrySetResult();
            }
        }

        public (IReadOnlyCollection<ConnectionAnswer> Answers, int Missing) End()
        {
            lock (waited) return ([.. _answers], waited.Count);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2347, LogLevel.Warning, "What node {Sender} says about connections is not understood; does it run another version? {Reason}")]
        public static partial void NotUnderstood(ILogger logger, string sender, string reason);
    }
}
