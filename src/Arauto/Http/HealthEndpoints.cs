using Arauto.Backplanes;
using Arauto.Connections;
using Arauto.Stores;
using Microsoft.AspNetCore.Http;

namespace Arauto.Http;

/// <summary><c>/healthz</c> says that the process runs, <c>/readyz</c> that it can serve: one line per dependency.</summary>
internal sealed class HealthEndpoints(IStore store, IBackplane backplane, NodeLifetime lifetime, TimeProvider time)
{
    private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Always 200 while the process answers.</summary>
    public static Task LiveAsync(HttpContext context) =>
        context.Response.WriteAsJsonAsync(new HealthResponse("ok", null), ApiJson.Wire.HealthResponse, cancellationToken: context.RequestAborted);

    /// <summary>200, or 503 while draining or while a dependency is away.</summary>
    public async Task ReadyAsync(HttpContext context)
    {
        var dependencies = new Dictionary<string, string>
        {
            ["node"] = lifetime.IsDraining ? "draining" : "ok",
            [store.Name] = await CheckStoreAsync(context.RequestAborted).ConfigureAwait(false),
        };
        // A store that is the same server stands for both, and says more when it fails.
        if (backplane.Name is { } name && (name != store.Name || dependencies[name] == "ok")) dependencies[name] = backplane.Trouble ?? "ok";
        var ready = dependencies.Values.All(state => state == "ok");
        context.Response.StatusCode = ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        var body = new HealthResponse(ready ? "ok" : "unavailable", dependencies);
        await context.Response.WriteAsJsonAsync(body, ApiJson.Wire.HealthResponse, cancellationToken: context.RequestAborted).ConfigureAwait(false);
    }

    private async ValueTask<string> CheckStoreAsync(CancellationToken aborted)
    {
        using var timeout = new CancellationTokenSource(CheckTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, aborted);
        try
        {
            await store.CheckAsync(either.Token).ConfigureAwait(false);
            return "ok";
        }
        catch (StoreUnavailableException e)
        {
            return e.Message;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return $"no answer within {CheckTimeout.TotalSeconds:0} s";
        }
    }
}
