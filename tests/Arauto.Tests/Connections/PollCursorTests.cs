using Arauto.Tests.Support;

namespace Arauto.Tests.Connections;

/// <summary>What is not in one answer of <c>/poll</c> is in the next, and nothing is in two.</summary>
public sealed class PollCursorTests
{
    private static readonly string[] Channels = ["public:a", "public:b", "public:c"];

    private static string All => string.Join(',', Channels);

    [Fact]
    public async Task More_than_one_write_is_several_answers_without_loss_or_repetition()
    {
        const int Messages = 60;
        await using var node = await TestNode.StartAsync();
        using var http = node.Client("alice");
        var cursor = (await http.PollAsync(All, wait: "0")).Cursor();
        var payload = $"\"{new string('x', 10_000)}\"";
        for (var i = 0; i < Messages; i++) await node.PublishAsync(Channels[i % 2], payload);

        var seen = Channels.ToDictionary(channel => channel, _ => 0L);
        var answers = 0;
        while (seen.Values.Sum() < Messages)
        {
            var answer = await http.PollAsync(All, cursor);
            Assert.InRange(answer.ToJsonString().Length, 1, 100_000);
            Take(seen, answer);
            cursor = answer.Cursor();
            answers++;
        }
        Assert.InRange(answers, Messages * payload.Length / 100_000, Messages / 3);
        Assert.Empty((await http.PollAsync(All, cursor, wait: "0")).Messages());
    }

    [Fact]
    public async Task A_client_that_polls_while_others_publish_and_loses_answers_misses_nothing()
    {
        const int Messages = 1500;
        var random = Seed.CreateRandom();
        await using var node = await TestNode.StartAsync(options => options.Limits.RequestsPerSecond = 0);
        using var http = node.Client("alice");
        var cursor = (await http.PollAsync(All, wait: "0")).Cursor();
        var own = new Random(random.Next());
        var publishing = Task.Run(
            async () =>
            {
                for (var i = 0; i < Messages; i++)
                {
                    await node.PublishAsync(Channels[own.Next(Channels.Length)], $"\"{new string('x', own.Next(3000))}\"");
                    if (own.Next(50) == 0) await Task.Delay(own.Next(5));
                }
            },
            TestContext.Current.CancellationToken);

        var seen = Channels.ToDictionary(channel => channel, _ => 0L);
        var lost = 0;
        while (seen.Values.Sum() < Messages)
        {
            // Now and then the answer does not arrive: cut off at any moment, or dropped on its way.
            if (random.Next(4) == 0)
            {
                lost++;
                using var cut = new CancellationTokenSource(TimeSpan.FromMilliseconds(random.Next(4)));
                try
                {
                    using var _ = await http.GetAsync(new Uri(node.Http, $"/poll?channels={All}&since={cursor}"), cut.Token);
                }
                catch (OperationCanceledException)
                {
                    // Cut off.
                }
                continue;
            }
            var answer = await http.PollAsync(All, cursor, wait: random.Next(3) == 0 ? "0" : "10");
            Take(seen, answer);
            cursor = answer.Cursor();
        }
        await publishing;
        TestContext.Current.TestOutputHelper?.WriteLine($"{lost} answers lost");
        Assert.Empty((await http.PollAsync(All, cursor, wait: "0")).Messages());
        await node.NothingIsLeftAsync();
    }

    private static void Take(Dictionary<string, long> seen, System.Text.Json.Nodes.JsonObject answer)
    {
        Assert.Null(answer["gaps"]);
        foreach (var message in answer.Messages())
        {
            var channel = (string)message["channel"]!;
            Assert.Equal(seen[channel] + 1, message.Offset());
            seen[channel]++;
        }
        foreach (var channel in Channels) Assert.Equal(seen[channel], answer.Cursor().PlaceIn(channel));
    }
}
