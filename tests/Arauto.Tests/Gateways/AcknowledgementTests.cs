using System.Text.Json;
using Arauto.Gateways;
using Microsoft.Extensions.Logging;

namespace Arauto.Tests.Gateways;

/// <summary>What a client that asks gets.</summary>
public sealed class AcknowledgementTests
{
    public static TheoryData<string, Delegate, string> Results => new()
    {
        { "void", () => { }, "[]" },
        { "task", () => Task.CompletedTask, "[]" },
        { "value task", () => ValueTask.CompletedTask, "[]" },
        { "async", async () => await Task.Yield(), "[]" },
        { "async value task", async ValueTask () => await Task.Yield(), "[]" },
        { "value", () => 7, "[7]" },
        { "nothing", () => (string?)null, "[null]" },
        { "object", () => new { A = "b" }, """[{"a":"b"}]""" },
        { "array", () => Enumerable.Range(1, 2).ToArray(), "[[1,2]]" },
        { "arguments", () => EventArguments.From([1, "two"]), """[1,"two"]""" },
        { "no arguments", () => EventArguments.Empty, "[]" },
        { "task of value", () => Task.FromResult("x"), """["x"]""" },
        { "value task of value", () => ValueTask.FromResult(1.5), "[1.5]" },
        { "async of value", async () => { await Task.Yield(); return true; }, "[true]" },
        { "async value task of arguments", async ValueTask<EventArguments> () => { await Task.Yield(); return EventArguments.From([1, 2]); }, "[1,2]" },
    };

    [Theory]
    [MemberData(nameof(Results))]
    public async Task The_result_is_the_acknowledgement(string name, Delegate handler, string expected)
    {
        var bench = new GatewayBench();
        bench.Builder.On(name, handler);
        Assert.Equal(expected, await bench.SendAsync(name));
    }

    [Fact]
    public async Task Nothing_is_acknowledged_that_was_not_asked_for()
    {
        var bench = new GatewayBench();
        var told = new List<bool>();
        bench.Builder.On("value", (EventContext context) => told.Add(context.WantsAck));
        bench.Builder.On("own", async (EventContext context, Acknowledgement acknowledge) =>
        {
            told.Add(context.WantsAck);
            await acknowledge(1);
        });
        foreach (var name in new[] { "value", "own" })
            Assert.Null(await bench.Definition.InvokeAsync(GatewayBench.NewSocket(), name, EventArguments.Empty, null, CancellationToken.None));
        Assert.Equal([false, false], told);
    }

    [Fact]
    public async Task A_handler_may_acknowledge_by_itself_once_before_its_end()
    {
        var bench = new GatewayBench();
        var heard = new List<string>();
        var end = new TaskCompletionSource();
        bench.Builder.On("own", async (Acknowledgement acknowledge) =>
        {
            await acknowledge("first", 2);
            await acknowledge("second");
            await end.Task;
        });
        var handled = bench.Definition.InvokeAsync(GatewayBench.NewSocket(), "own", EventArguments.Empty, Hear, CancellationToken.None);
        Assert.Equal(["""["first",2]"""], heard);
        Assert.False(handled.IsCompleted);
        end.SetResult();
        Assert.Null(await handled);
        Assert.Single(heard);

        ValueTask Hear(EventArguments arguments)
        {
            heard.Add(GatewayBench.Text(arguments));
            return default;
        }
    }

    [Fact]
    public async Task A_handler_may_acknowledge_after_its_end()
    {
        var bench = new GatewayBench();
        Acknowledgement? kept = null;
        var heard = "none";
        bench.Builder.On("later", (Acknowledgement acknowledge) => { kept = acknowledge; });
        var answer = await bench.Definition.InvokeAsync(GatewayBench.NewSocket(), "later", EventArguments.Empty, arguments =>
        {
            heard = GatewayBench.Text(arguments);
            return default;
        }, CancellationToken.None);
        Assert.Null(answer);
        Assert.Equal("none", heard);
        await kept!();
        Assert.Equal("[]", heard);
    }

    [Fact]
    public async Task A_handler_that_fails_before_it_acknowledges_is_acknowledged_with_the_error_and_then_no_more()
    {
        var bench = new GatewayBench();
        Acknowledgement? kept = null;
        bench.Builder.On("own", (Acknowledgement acknowledge) =>
        {
            kept = acknowledge;
            throw new GatewayException("No.");
        });
        var late = 0;
        var outcome = await bench.Definition.HandleAsync(GatewayBench.NewSocket(), "own", EventArguments.Empty, Count, CancellationToken.None);
        Assert.Equal(("failed", false), (outcome.Failure!.Code, outcome.IsAcknowledged));
        await kept!(1);
        Assert.Equal(0, late);

        ValueTask Count(EventArguments arguments)
        {
            late++;
            return default;
        }
    }

    [Fact]
    public async Task A_handler_that_fails_after_it_acknowledged_says_so()
    {
        var bench = new GatewayBench();
        bench.Builder.On("own", async (Acknowledgement acknowledge) =>
        {
            await acknowledge(1);
            throw new GatewayException("No.");
        });
        var outcome = await bench.Definition.HandleAsync(GatewayBench.NewSocket(), "own", EventArguments.Empty, _ => default, CancellationToken.None);
        Assert.True(outcome.IsAcknowledged);
        Assert.NotNull(outcome.Failure);
    }

    [Fact]
    public async Task A_gateway_exception_is_told_with_its_code_and_details()
    {
        var bench = new GatewayBench();
        bench.Builder.On("plain", new Action(() => throw new GatewayException("The document is locked.")));
        bench.Builder.On("rich", new Action(() => throw new GatewayException("Locked.", new { By = "bob" }) { Code = "locked", RetryAfter = TimeSpan.FromSeconds(1.5) }));
        Assert.Equal("""[{"error":{"code":"failed","message":"The document is locked."}}]""", await bench.SendAsync("plain"));
        Assert.Equal("""[{"error":{"code":"locked","message":"Locked.","data":{"by":"bob"},"retry_after":1.5}}]""", await bench.SendAsync("rich"));
        Assert.DoesNotContain(bench.Logged.All, line => line.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task Of_other_exceptions_the_client_learns_nothing_and_the_log_everything()
    {
        var bench = new GatewayBench();
        bench.Builder.On("bad", new Action(() => throw new InvalidOperationException("the password is hunter2")));
        bench.Builder.On("unwritable", () => (object)typeof(string));
        foreach (var name in new[] { "bad", "unwritable" })
        {
            var error = JsonElement.Parse(await bench.SendAsync(name))[0].GetProperty("error");
            Assert.Equal("internal", error.GetProperty("code").GetString());
            Assert.DoesNotContain("hunter2", error.GetRawText());
            await bench.Logged.HasAsync(line => line.Level == LogLevel.Error && line.Exception is not null && line.Text.Contains($"{name} in /test", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Details_that_cannot_be_written_do_not_hide_the_error()
    {
        var bench = new GatewayBench();
        bench.Builder.On("bad", new Action(() => throw new GatewayException("Locked.", typeof(string))));
        Assert.Equal("""[{"error":{"code":"failed","message":"Locked."}}]""", await bench.SendAsync("bad"));
    }

    [Fact]
    public async Task A_handler_cancelled_because_its_client_went_is_no_failure()
    {
        var bench = new GatewayBench();
        using var gone = new CancellationTokenSource();
        bench.Builder.On("wait", (CancellationToken stop) => Task.Delay(Timeout.Infinite, stop));
        var handled = bench.Definition.InvokeAsync(GatewayBench.NewSocket(), "wait", EventArguments.Empty, _ => default, gone.Token);
        await gone.CancelAsync();
        Assert.Null(await handled);
        Assert.Empty(bench.Logged.All);
    }

    [Fact]
    public async Task An_event_without_a_handler_is_ignored()
    {
        var bench = new GatewayBench();
        bench.Builder.On("known", () => 1);
        Assert.True(bench.Definition.Has("known"));
        Assert.False(bench.Definition.Has("unknown"));
        Assert.Equal("none", await bench.SendAsync("unknown"));
    }
}
