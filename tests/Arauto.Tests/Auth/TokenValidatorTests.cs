using System.Text.Json;
using Arauto.Auth;
using Arauto.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace Arauto.Tests.Auth;

public sealed class TokenValidatorTests
{
    private readonly FakeClock _clock = new();
    private readonly AuthOptions _options = new() { JwtSecret = Tokens.Secret };
    private readonly RevocationList _revocations;

    public TokenValidatorTests() => _revocations = new RevocationList(new MemoryRevocations(), _clock, NullLogger<RevocationList>.Instance);

    private long Now => _clock.GetUtcNow().ToUnixTimeSeconds();

    private TokenResult Validate(string token)
    {
        var validator = new TokenValidator(_options, new SecretKey(_options.JwtSecret!), _revocations, _clock);
        var task = validator.ValidateAsync(token, CancellationToken.None).AsTask();
        Assert.True(task.IsCompleted, "A shared secret needs no waiting.");
        return task.GetAwaiter().GetResult();
    }

    private Identity Accepted(string claims)
    {
        var result = Validate(Tokens.Hs256(claims));
        Assert.True(result.IsValid, result.Error?.Message);
        return result.Identity;
    }

    private ProtocolError Refused(string token, ErrorCode code = ErrorCode.Unauthorized)
    {
        var result = Validate(token);
        Assert.False(result.IsValid);
        Assert.Equal(code, result.Error.Code);
        foreach (var part in token.Split('.').Where(part => part.Length > 10)) Assert.DoesNotContain(part, result.Error.Message, StringComparison.Ordinal);
        return result.Error;
    }

    [Fact]
    public void Issued_tokens_are_accepted_with_all_they_say()
    {
        _options.Issuer = "https://issuer.example";
        _options.Audience = "arauto";
        _clock.Advance(TimeSpan.FromMilliseconds(123));
        var channels = JsonSerializer.Deserialize<JsonElement>("""{"doc:*":["publish"]}""");
        var token = new TokenIssuer(_options, _clock).Issue("alice", TimeSpan.FromHours(1), new Dictionary<string, JsonElement> { ["channels"] = channels });

        var result = Validate(token);

        Assert.True(result.IsValid, result.Error?.Message);
        Assert.Equal("alice", result.Identity.User);
        Assert.Equal(_clock.GetUtcNow(), result.Identity.IssuedAt);
        Assert.InRange(result.Identity.Expires!.Value - _clock.GetUtcNow(), TimeSpan.FromHours(1), TimeSpan.FromHours(1) + TimeSpan.FromSeconds(1));
        Assert.Equal(7, Guid.Parse(result.Identity.TokenId!).Version);
        Assert.False(result.Identity.IsService);
        Assert.True(result.Identity.Rights.Allows("doc:7", ChannelRight.Publish));
        Assert.False(result.Identity.Rights.Allows("doc:7", ChannelRight.Subscribe));
    }

    [Fact]
    public void Issuer_refuses_what_it_would_not_accept()
    {
        var issuer = new TokenIssuer(_options, _clock);
        Assert.Throws<ArgumentException>(() => issuer.Issue("a b", TimeSpan.FromHours(1)));
        Assert.Throws<ArgumentException>(() => issuer.Issue("alice", TimeSpan.Zero));
        Assert.Throws<ArgumentException>(() => issuer.Issue("alice", TimeSpan.FromDays(401)));
        Assert.Throws<ArgumentException>(() => issuer.Issue("alice", TimeSpan.FromHours(1), new Dictionary<string, JsonElement> { ["sub"] = default }));
        Assert.Throws<ArgumentException>(() => new TokenIssuer(new AuthOptions { JwtSecret = "short" }, _clock));
    }

    [Theory]
    [InlineData("""{"user_id":"alice","sub":"bob","exp":EXP}""", "alice")]
    [InlineData("""{"user_id":42,"exp":EXP}""", "42")]
    [InlineData("""{"user_id":null,"sub":"bob","exp":EXP}""", "bob")]
    [InlineData("""{"sub":"2026-11-20T10:00:00Z","exp":EXP}""", "2026-11-20T10:00:00Z")]
    [InlineData("""{"service":true,"exp":EXP}""", "service")]
    [InlineData("""{"service":true,"sub":"jobs","exp":EXP}""", "jobs")]
    public void User_is_user_id_else_sub(string claims, string user) => Assert.Equal(user, Accepted(claims.Replace("EXP", $"{Now + 60}", StringComparison.Ordinal)).User);

    [Theory]
    [InlineData("""{"exp":EXP}""", "names no user")]
    [InlineData("""{"user_id":"","sub":"bob","exp":EXP}""", "user_id")]
    [InlineData("""{"user_id":1.5,"exp":EXP}""", "user_id")]
    [InlineData("""{"user_id":{"a":1},"exp":EXP}""", "user_id")]
    [InlineData("""{"sub":"a b","exp":EXP}""", "sub")]
    [InlineData("""{"sub":"a*","exp":EXP}""", "sub")]
    [InlineData("""{"sub":"a,b","exp":EXP}""", "sub")]
    [InlineData("""{"sub":"a\nb","exp":EXP}""", "sub")]
    [InlineData("""{"sub":"\ud800","exp":EXP}""", "sub")]
    [InlineData("""{"sub":"bob","service":"true","exp":EXP}""", "service")]
    [InlineData("""{"sub":"bob","service":1,"exp":EXP}""", "service")]
    [InlineData("""{"sub":"bob"}""", "exp")]
    [InlineData("""{"sub":"bob","exp":"EXP"}""", "exp")]
    [InlineData("""{"sub":"bob","exp":1e300}""", "not valid")]
    [InlineData("""{"sub":"bob","exp":-1}""", "exp")]
    [InlineData("""{"sub":"bob","exp":EXP,"iat":true}""", "iat")]
    [InlineData("""{"sub":"bob","exp":EXP,"iat":EXP}""", "iat")]
    [InlineData("""{"sub":"bob","exp":EXP,"nbf":EXP}""", "nbf")]
    [InlineData("""{"sub":"bob","exp":EXP,"jti":7}""", "jti")]
    [InlineData("""{"sub":"bob","exp":EXP,"channels":["room:1"]}""", "channels")]
    [InlineData("""{"sub":"bob","exp":EXP,"channels":{"room:1":["own"]}}""", "channels")]
    [InlineData("""{"sub":"bob","exp":EXP,"channels":{"ro*m:1":["publish"]}}""", "channels")]
    [InlineData("""{"sub":"bob","exp":EXP,"channels":{"room:**":["publish"]}}""", "channels")]
    [InlineData("""{"sub":"bob","sub":"eve","exp":EXP}""", "claims")]
    [InlineData("""["sub"]""", "claims")]
    [InlineData("""{"sub":""", "claims")]
    public void Claims_that_cannot_be_read_are_named(string claims, string named) =>
        Assert.Contains(named, Refused(Tokens.Hs256(claims.Replace("EXP", $"{Now + 60}", StringComparison.Ordinal))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"alg":"none"}""")]
    [InlineData("""{"alg":"None"}""")]
    [InlineData("""{"alg":"HS384"}""")]
    [InlineData("""{"alg":"RS256"}""")]
    [InlineData("""{"alg":"hs256"}""")]
    [InlineData("""{"alg":null}""")]
    [InlineData("""{"typ":"JWT"}""")]
    [InlineData("""{"alg":"HS256","crit":["exp"],"exp":1}""")]
    [InlineData("""{"alg":"HS256","zip":"DEF"}""")]
    [InlineData("""{"alg":"HS256","alg":"none"}""")]
    [InlineData("""{"alg":"HS256","kid":7}""")]
    [InlineData("[]")]
    [InlineData("")]
    public void Header_must_be_one_that_is_understood_in_full(string header) => Refused(Tokens.Hs256($$"""{"sub":"bob","exp":{{Now + 60}}}""", header));

    [Fact]
    public void Unsigned_and_encrypted_tokens_are_refused()
    {
        var claims = Tokens.Encode($$"""{"sub":"bob","exp":{{Now + 60}}}""");
        Refused($"{Tokens.Encode("""{"alg":"none"}""")}.{claims}.");
        Refused($"{Tokens.Encode("""{"alg":"HS256"}""")}.{claims}.");
        Assert.Contains("JWE", Refused($"{Tokens.Encode("""{"alg":"dir","enc":"A128CBC-HS256"}""")}..AAAA.AAAA.AAAA").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_changed_character_breaks_the_token()
    {
        var token = new TokenIssuer(_options, _clock).Issue("alice", TimeSpan.FromHours(1));
        Assert.True(Validate(token).IsValid);
        for (var i = 0; i < token.Length; i++)
        {
            if (token[i] == '.') continue;
            // The last character of a segment carries unused bits; a change of the top bits always counts.
            var changed = token[..i] + (token[i] is >= 'A' and <= 'P' ? 'w' : 'A') + token[(i + 1)..];
            Assert.False(Validate(changed).IsValid, $"Character {i}");
        }
    }

    [Fact]
    public void Another_secret_is_refused() => Assert.Contains("signature", Refused(Tokens.Hs256($$"""{"sub":"bob","exp":{{Now + 60}}}""", secret: new string('x', 32))).Message, StringComparison.Ordinal);

    [Fact]
    public void Oversize_tokens_are_refused_before_they_are_read()
    {
        Assert.Contains("8192", Refused(new string('a', 8193)).Message, StringComparison.Ordinal);
        Assert.Contains("8192", Refused(Tokens.Hs256($$"""{"sub":"bob","x":"{{new string('y', 7000)}}","exp":{{Now + 60}} }""")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Garbage_never_throws()
    {
        var seed = Environment.GetEnvironmentVariable("ARAUTO_SEED") is { } given ? int.Parse(given) : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"ARAUTO_SEED={seed}");
        var random = new Random(seed);
        var valid = new TokenIssuer(_options, _clock).Issue("alice", TimeSpan.FromHours(1));
        for (var i = 0; i < 5000; i++)
        {
            var text = valid.ToCharArray();
            for (var changes = random.Next(1, 8); changes > 0; changes--) text[random.Next(text.Length)] = random.Next(3) == 0 ? (char)random.Next(0x10000) : (char)random.Next(33, 127);
            Validate(new string(text, 0, random.Next(text.Length + 1)));
        }
    }

    [Fact]
    public void Signed_garbage_never_throws()
    {
        var seed = Environment.GetEnvironmentVariable("ARAUTO_SEED") is { } given ? int.Parse(given) : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"ARAUTO_SEED={seed}");
        var random = new Random(seed);
        var claims = $$"""{"sub":"bob","exp":{{Now + 60}},"iat":1.5,"jti":"x","channels":{"room:*":["publish"]} }""";
        for (var i = 0; i < 5000; i++)
        {
            var text = claims.ToCharArray();
            for (var changes = random.Next(1, 4); changes > 0; changes--) text[random.Next(text.Length)] = (char)random.Next(9, 127);
            Validate(Tokens.Hs256(new string(text)));
        }
    }

    [Fact]
    public void Expiry_holds_to_the_second_whatever_the_clock_skew()
    {
        var token = Tokens.Hs256($$"""{"sub":"bob","exp":{{Now + 10}}}""");
        _clock.Advance(TimeSpan.FromSeconds(9.9));
        Assert.True(Validate(token).IsValid);
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        Refused(token, ErrorCode.TokenExpired);
    }

    [Fact]
    public void Not_before_honours_the_clock_skew()
    {
        var token = Tokens.Hs256($$"""{"sub":"bob","nbf":{{Now + 10}},"exp":{{Now + 60}}}""");
        Refused(token);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.True(Validate(token).IsValid);
    }

    [Fact]
    public void Tokens_without_expiry_need_the_option()
    {
        Refused(Tokens.Hs256("""{"sub":"bob"}"""));
        _options.AllowTokensWithoutExpiry = true;
        Assert.Null(Accepted("""{"sub":"bob"}""").Expires);
    }

    [Theory]
    [InlineData("""{"sub":"bob","exp":EXP}""", false)]
    [InlineData("""{"sub":"bob","exp":EXP,"iss":"me","aud":"arauto"}""", true)]
    [InlineData("""{"sub":"bob","exp":EXP,"iss":"me","aud":["other","arauto"]}""", true)]
    [InlineData("""{"sub":"bob","exp":EXP,"iss":"me","aud":"other"}""", false)]
    [InlineData("""{"sub":"bob","exp":EXP,"iss":"you","aud":"arauto"}""", false)]
    [InlineData("""{"sub":"bob","exp":EXP,"iss":"me"}""", false)]
    [InlineData("""{"sub":"bob","exp":EXP,"iss":5,"aud":{}}""", false)]
    public void Issuer_and_audience_are_checked_when_configured(string claims, bool valid)
    {
        _options.Issuer = "me";
        _options.Audience = "arauto";
        Assert.Equal(valid, Validate(Tokens.Hs256(claims.Replace("EXP", $"{Now + 60}", StringComparison.Ordinal))).IsValid);
    }

    [Fact]
    public async Task Revoked_tokens_are_refused_and_later_ones_accepted()
    {
        var issuer = new TokenIssuer(_options, _clock);
        var before = issuer.Issue("alice", TimeSpan.FromHours(1));
        await _revocations.RevokeUserAsync("alice", null, TestContext.Current.CancellationToken);
        Refused(before, ErrorCode.TokenRevoked);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(Validate(issuer.Issue("alice", TimeSpan.FromHours(1))).IsValid);
        Assert.True(Validate(issuer.Issue("bob", TimeSpan.FromHours(1))).IsValid);
    }

    [Fact]
    public async Task The_first_tokens_of_a_key_are_believed_however_many_come_at_once()
    {
        const int AtOnce = 4;
        for (var round = 0; round < 500; round++)
        {
            _options.JwtSecret = $"{Guid.NewGuid()}{round}";
            var validator = new TokenValidator(_options, new SecretKey(_options.JwtSecret), _revocations, _clock);
            var token = new TokenIssuer(_options, _clock).Issue("alice", TimeSpan.FromHours(1));
            using var start = new Barrier(AtOnce);
            var results = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait();
                    return Enumerable.Range(0, 3).Select(_ => validator.ValidateAsync(token, CancellationToken.None).AsTask().GetAwaiter().GetResult().Error?.Message).ToArray();
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)));
            Assert.All(results.SelectMany(messages => messages), Assert.Null);
        }
    }
}
