using Arauto.Server.Tests.Support;

namespace Arauto.SocketIo.Tests;

/// <summary>The host of the suites as a process with free ports. Killed at the end.</summary>
public sealed class SocketIoHostProcess : IAsyncLifetime
{
    private ChildProcess? _process;

    public string Smoke { get; private set; } = "";

    public string Sioc { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        _process = ChildProcess.Start(dotnet, [Path.Combine(AppContext.BaseDirectory, "SocketIoHost.dll"), "0", "0", "0", "0"], AppContext.BaseDirectory);
        Smoke = await AddressAsync("smoke ");
        Sioc = await AddressAsync("sioc ");
    }

    /// <summary>What it complained about: it logs nothing below a warning.</summary>
    public void AssertNoComplaint() => Assert.Equal(4, _process!.Output.Count + _process.Errors.Count);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
    }

    private async Task<string> AddressAsync(string name) => (await _process!.OutputAsync($"{name}listens", line => line.StartsWith(name, StringComparison.Ordinal)))[name.Length..];
}
