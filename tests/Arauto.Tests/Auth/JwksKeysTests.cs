using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Arauto.Auth;
using Arauto.Protocol;
using Arauto.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Arauto.Tests.Auth;

public sealed class JwksKeysTests : IAsyncLifetime
{
    private readonly FakeClock _clock = new();
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly ECDsa _ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private JwksServer _server = null!;
    private JwksKeys _keys = null!;
    private TokenValidator _validator = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Claims => $$"""{"sub":"bob","exp":{{_clock.GetUtcNow().ToUnixTimeSeconds() + 36_000}}}""";

    public async ValueTask InitializeAsync()
    {
        _server = await JwksServer.StartAsync();
        Use(_server.Url);
    }

    public async ValueTask DisposeAsync()
    {
        await _keys.DisposeAsync();
        await _server.DisposeAsync();
        _rsa.Dispose();
        _ec.Dispose();
    }

    private void Use(Uri url)
    {
        _keys = new JwksKeys(url, _clock, NullLogger<JwksKeys>.Instance);
        _validator = new TokenValidator(new AuthOptions { JwksUrl = url }, _keys, new RevocationList(new MemoryRevocations(), _clock, NullLogger<RevocationList>.Instance), _clock);
    }

    private void Publish(params JsonObject[] keys) => _server.Document = new JsonObject { ["keys"] = new JsonArray(keys) }.ToJsonString();

    private async Task<ErrorCode?> Validate(string token) => (await _validator.ValidateAsync(token, Cancel)).Error?.Code;

    [Fact]
    public async Task Rsa_and_elliptic_curve_tokens_are_accepted_with_and_without_key_id()
    {
        Publish(Tokens.Jwk(_rsa, "r"), Tokens.Jwk(_ec, "e"));
        Assert.Null(await Validate(Tokens.Rs256(_rsa, "r", Claims)));
        Assert.Null(await Validate(Tokens.Es256(_ec, "e", Claims)));
        Assert.Null(await Validate(Tokens.Rs256(_rsa, null, Claims)));
        Assert.Null(await Validate(Tokens.Es256(_ec, null, Claims)));
        Assert.Equal(1, _server.Requests);
    }

    [Fact]
    public async Task Known_keys_complete_synchronously()
    {
        Publish(Tokens.Jwk(_rsa, "r"));
        await _keys.PrepareAsync(Cancel);
        Assert.True(_validator.ValidateAsync(Tokens.Rs256(_rsa, "r", Claims), Cancel).AsTask().IsCompleted);
    }

    [Fact]
    public async Task Public_key_is_never_taken_as_a_shared_secret()
    {
        Publish(Tokens.Jwk(_rsa, "r"));
        foreach (var secret in new[] { _rsa.ExportSubjectPublicKeyInfoPem(), _rsa.ExportRSAPublicKeyPem(), _server.Document })
            Assert.Equal(ErrorCode.Unauthorized, await Validate(Tokens.Hs256(Claims, """{"alg":"HS256","kid":"r"}""", secret)));
        Assert.Equal(0, _server.Requests);
    }

    [Fact]
    public async Task Key_of_another_kind_or_signer_is_refused()
    {
        Publish(Tokens.Jwk(_rsa, "r"), Tokens.Jwk(_ec, "e"));
        using var other = RSA.Create(2048);
        Assert.Equal(ErrorCode.Unauthorized, await Validate(Tokens.Rs256(other, "r", Claims)));
        Assert.Equal(ErrorCode.Unauthorized, await Validate(Tokens.Rs256(_rsa, "e", Claims)));
    }

    [Fact]
    public async Task Rotated_key_is_found_at_once_and_the_withdrawn_one_ends()
    {
        Publish(Tokens.Jwk(_rsa, "1"));
        var old = Tokens.Rs256(_rsa, "1", Claims);
        Assert.Null(await Validate(old));
        using var next = RSA.Create(2048);
        Publish(Tokens.Jwk(next, "2"));
        Assert.Null(await Validate(old));
        Assert.Null(await Validate(Tokens.Rs256(next, "2", Claims)));
        Assert.Equal(ErrorCode.Unauthorized, await Validate(old));
    }

    [Fact]
    public async Task Withdrawn_key_ends_by_renewal_without_a_new_one_being_used()
    {
        Publish(Tokens.Jwk(_rsa, "1"), Tokens.Jwk(_ec, "2"));
        var old = Tokens.Rs256(_rsa, "1", Claims);
        Assert.Null(await Validate(old));
        Publish(Tokens.Jwk(_ec, "2"));
        _clock.Advance(JwksKeys.RenewAfter);
        await Eventually.TrueAsync("the withdrawn key ends", async () => await Validate(old) == ErrorCode.Unauthorized);
    }

    [Fact]
    public async Task The_first_tokens_of_a_rotated_key_are_believed_however_many_come_at_once()
    {
        const int AtOnce = 4;
        for (var round = 0; round < 100; round++)
        {
            using var next = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            Publish(Tokens.Jwk(next, $"{round}"), Tokens.Jwk(_rsa, $"r{round}"));
            // Fetched before, so that nobody waits for it.
            _clock.Advance(JwksKeys.MinInterval);
            await _keys.FetchAsync(new TokenHeader("ES256", $"{round}"), Cancel);
            string[] tokens = [Tokens.Es256(next, $"{round}", Claims), Tokens.Rs256(_rsa, $"r{round}", Claims)];
            using var start = new Barrier(AtOnce);
            var codes = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait(Cancel);
                    return tokens.Select(token => Validate(token).Result).ToArray();
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)));
            Assert.All(codes.SelectMany(ofOne => ofOne), code => Assert.Null(code));
        }
    }

    [Fact]
    public async Task Flood_of_unknown_key_ids_shares_fetches()
    {
        Publish(Tokens.Jwk(_rsa, "r"));
        _server.Hold = new TaskCompletionSource();
        // Made before, since the fetch that the first begins has a time limit.
        var tokens = Enumerable.Range(0, 500).Select(i => Tokens.Rs256(_rsa, $"unknown{i}", Claims)).ToArray();
        var flood = tokens.Select(Validate).ToArray();
        await Eventually.TrueAsync("the fetch is under way", () => _server.Requests == 1);
        _server.Hold.SetResult();
        Assert.All(await Task.WhenAll(flood), code => Assert.Equal(ErrorCode.Unauthorized, code));
        Assert.InRange(_server.Requests, 1, 2);
    }

    [Fact]
    public async Task Fetches_are_at_least_the_interval_apart()
    {
        Publish(Tokens.Jwk(_rsa, "r"));
        var start = _clock.GetTimestamp();
        for (var i = 0; i < 10; i++) Assert.Equal(ErrorCode.Unauthorized, await Validate(Tokens.Rs256(_rsa, $"unknown{i}", Claims)));
        Assert.Equal(10, _server.Requests);
        Assert.True(_clock.GetElapsedTime(start) >= 9 * JwksKeys.MinInterval, "The clock only moves when a fetch waits for its turn.");
    }

    [Fact]
    public async Task Issuer_that_is_down_at_start_is_unavailable_and_heals()
    {
        _server.Status = 500;
        await _keys.PrepareAsync(Cancel);
        Assert.Equal(ErrorCode.Unavailable, await Validate(Tokens.Rs256(_rsa, "r", Claims)));
        _server.Status = 200;
        Publish(Tokens.Jwk(_rsa, "r"));
        Assert.Null(await Validate(Tokens.Rs256(_rsa, "r", Claims)));
    }

    [Fact]
    public async Task Unreachable_issuer_is_unavailable()
    {
        await _keys.DisposeAsync();
        Use(new Uri("http://127.0.0.1:1/jwks.json"));
        Assert.Equal(ErrorCode.Unavailable, await Validate(Tokens.Rs256(_rsa, "r", Claims)));
    }

    [Fact]
    public async Task Known_keys_stay_valid_while_the_issuer_is_away_or_hangs()
    {
        Publish(Tokens.Jwk(_rsa, "r"));
        var token = Tokens.Rs256(_rsa, "r", Claims);
        Assert.Null(await Validate(token));
        _server.Status = 503;
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Null(await Validate(token));
        Assert.Equal(ErrorCode.Unavailable, await Validate(Tokens.Rs256(_rsa, "new", Claims)));
        _server.Hold = new TaskCompletionSource();
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.True(_validator.ValidateAsync(token, Cancel).AsTask().IsCompleted);
        _server.Hold.SetResult();
    }

    [Theory]
    [InlineData("<html>not here</html>")]
    [InlineData("""{"error":"maintenance"}""")]
    [InlineData("""{"keys":"none"}""")]
    [InlineData("")]
    public async Task Document_that_is_no_key_set_does_not_replace_the_keys(string document)
    {
        Publish(Tokens.Jwk(_rsa, "r"));
        Assert.Null(await Validate(Tokens.Rs256(_rsa, "r", Claims)));
        _server.Document = document;
        Assert.Equal(ErrorCode.Unavailable, await Validate(Tokens.Rs256(_rsa, "new", Claims)));
        Assert.Null(await Validate(Tokens.Rs256(_rsa, "r", Claims)));
    }

    [Fact]
    public async Task Oversize_document_is_refused()
    {
        _server.Document = $$"""{"keys":[],"padding":"{{new string('x', 300_000)}}"}""";
        Assert.Equal(ErrorCode.Unavailable, await Validate(Tokens.Rs256(_rsa, "r", Claims)));
    }

    [Fact]
    public async Task Unusable_keys_are_skipped()
    {
        using var weak = RSA.Create(1024);
        var encryption = Tokens.Jwk(_rsa, "enc");
        encryption["use"] = "enc";
        var otherAlgorithm = Tokens.Jwk(_rsa, "pss");
        otherAlgorithm["alg"] = "PS256";
        var broken = Tokens.Jwk(_ec, "broken");
        broken["x"] = broken["y"]!.GetValue<string>();
        var symmetric = new JsonObject { ["kty"] = "oct", ["kid"] = "oct", ["k"] = Tokens.Encode(Tokens.Secret) };
        Publish(Tokens.Jwk(weak, "weak"), encryption, otherAlgorithm, broken, symmetric, new JsonObject { ["kty"] = "RSA", ["kid"] = "empty" }, Tokens.Jwk(_ec, "good"));
        Assert.Null(await Validate(Tokens.Es256(_ec, "good", Claims)));
        Assert.Equal(ErrorCode.Unauthorized, await Validate(Tokens.Rs256(weak, "weak", Claims)));
        Assert.Equal(ErrorCode.Unauthorized, await Validate(Tokens.Rs256(_rsa, "enc", Claims)));
        Assert.Equal(ErrorCode.Unauthorized, await Validate(Tokens.Rs256(_rsa, "pss", Claims)));
        Assert.Equal(ErrorCode.Unauthorized, await Validate(Tokens.Hs256(Claims, """{"alg":"HS256","kid":"oct"}""")));
    }
}
