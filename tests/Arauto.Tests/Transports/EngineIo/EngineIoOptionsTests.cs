using Arauto.EngineIo;
using Arauto.Options;

namespace Arauto.Tests.Transports.EngineIo;

public sealed class EngineIoOptionsTests
{
    [Fact]
    public void The_defaults_are_those_of_the_field()
    {
        var options = new EngineIoOptions();
        Assert.Empty(OptionsValidation.FindProblems(options));
        Assert.Equal((25, 20, 10, 1_000_000), (options.PingInterval.TotalSeconds, options.PingTimeout.TotalSeconds, options.UpgradeTimeout.TotalSeconds, options.MaxPayload));
    }

    [Fact]
    public void What_is_out_of_range_is_named()
    {
        Assert.Equal("pingInterval", Problem(new EngineIoOptions { PingInterval = TimeSpan.Zero }));
        Assert.Equal("pingTimeout", Problem(new EngineIoOptions { PingTimeout = TimeSpan.FromHours(2) }));
        Assert.Equal("upgradeTimeout", Problem(new EngineIoOptions { UpgradeTimeout = TimeSpan.FromMilliseconds(1) }));
        Assert.Equal("maxPayload", Problem(new EngineIoOptions { MaxPayload = 0 }));
        Assert.Equal("maxBuffered", Problem(new EngineIoOptions { MaxBuffered = 1 }));
        Assert.Equal("allowWebSocket", Problem(new EngineIoOptions { AllowPolling = false, AllowWebSocket = false }));
        Assert.Equal("cookieName", Problem(new EngineIoOptions { CookieName = "a=b;" }));
        var origins = new EngineIoOptions();
        origins.Origins.Add("app.example");
        Assert.Equal("origins", Problem(origins));
    }

    [Fact]
    public async Task An_option_out_of_range_stops_the_start()
    {
        var exception = await Assert.ThrowsAsync<ArgumentException>(() => EngineIoServer.StartAsync(options => options.MaxPayload = 1));
        Assert.StartsWith("maxPayload: \"1\" is not allowed; allowed: 16 to 16777216.", exception.Message);
    }

    [Fact]
    public void Each_reason_has_the_word_of_the_field()
    {
        string[] words = ["transport close", "transport error", "ping timeout", "forced close", "parse error", "server shutting down"];
        Assert.Equal(words, Enum.GetValues<EngineIoCloseReason>().Select(reason => reason.Word()));
    }

    private static string Problem(EngineIoOptions options) => Assert.Single(OptionsValidation.FindProblems(options)).Key;
}
