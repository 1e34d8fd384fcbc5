using System.Collections;
using Arauto.Channels;
using Arauto.Server.Configuration;
using Arauto.Server.Logging;

namespace Arauto.Server.Tests.Configuration;

public sealed class SettingsReaderTests : IDisposable
{
    private const string Secret = "0123456789abcdef0123456789abcdef";
    private readonly string _folder = Directory.CreateTempSubdirectory("arauto-").FullName;
    private readonly Hashtable _environment = [];
    private readonly Dictionary<string, string> _commandLine = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private ServerSettings Read(string? json = null, string? config = null)
    {
        if (json is not null) File.WriteAllText(Path.Combine(_folder, "arauto.json"), json);
        return SettingsReader.Read(new SettingsSources { CommandLine = _commandLine, Environment = _environment, ConfigFile = config, Folder = _folder, OtherVariables = ["ARAUTO_TOKEN"] });
    }

    private string Refused(string? json = null, string? config = null)
    {
        var message = Assert.Throws<SettingsException>(() => Read(json, config)).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    [Fact]
    public void Nothing_given_is_development_mode_with_defaults()
    {
        var settings = Read();
        Assert.True(settings.Arauto.Development);
        Assert.Equal("127.0.0.1:8085", $"{settings.Listen}");
        Assert.Equal("127.0.0.1:9095", $"{settings.Metrics}");
        Assert.Equal("sqlite:./data/arauto.db", $"{settings.EffectiveStore}");
        Assert.Equal(LogFormat.Text, settings.EffectiveLogFormat);
        Assert.Equal(8, settings.Arauto.Channels.Count);
    }

    [Fact]
    public void Command_line_beats_environment_beats_file()
    {
        const string json = """{"jwtSecret":"SECRET","node":"file","data":"file","limits":{"messageBytes":2000,"historyPage":7},"origins":["https://file.example"]}""";
        _environment["ARAUTO_NODE"] = "environment";
        _environment["ARAUTO_DATA"] = "environment";
        _environment["ARAUTO_ORIGINS"] = "https://a.example, https://b.example";
        _environment["ARAUTO_LIMITS__MESSAGE_BYTES"] = "3000";
        _environment["ARAUTO_HEARTBEAT__INTERVAL_SECONDS"] = "10";
        _environment["HOME"] = "/";
        _commandLine["node"] = "command-line";
        var settings = Read(json.Replace("SECRET", Secret, StringComparison.Ordinal));
        Assert.Equal("command-line", settings.Arauto.Node);
        Assert.Equal("environment", settings.DataFolder);
        Assert.Equal(3000, settings.Arauto.Limits.MessageBytes);
        Assert.Equal(7, settings.Arauto.Limits.HistoryPage);
        Assert.Equal(10, settings.Arauto.Heartbeat.IntervalSeconds);
        Assert.Equal(["https://a.example", "https://b.example"], settings.Arauto.Origins);
        Assert.False(settings.Arauto.Development);
        Assert.Equal(LogFormat.Json, settings.EffectiveLogFormat);
    }

    [Theory]
    [InlineData("""{"limits":{"messageBytes":2000}}""")]
    [InlineData("""{"LIMITS":{"message-bytes":2000}}""")]
    [InlineData("""{"limits":{"MESSAGE_BYTES":2000}}""")]
    [InlineData("""{"message-bytes":2000}""")]
    [InlineData("""{"messageBytes":2000}""")]
    [InlineData("{ // a comment\n \"limits\": { \"messageBytes\": 2000, }, /* another */ }")]
    public void Keys_may_be_spelled_as_people_do(string json) => Assert.Equal(2000, Read(json).Arauto.Limits.MessageBytes);

    [Fact]
    public void Every_setting_is_reached_by_each_of_its_names()
    {
        foreach (var setting in SettingsTable.All)
        {
            var dot = setting.Path.IndexOf('.');
            Assert.Same(setting, SettingsTable.Find(setting.Section, setting.Path[(dot + 1)..]));
            if (setting.Option is { } option) Assert.Same(setting, SettingsTable.Find("", option));
            foreach (var variable in setting.Variables)
            {
                _environment.Clear();
                _environment[variable] = "\u0001";
                // Whatever the type, the name is known: what may be refused is the value.
                try
                {
                    Read();
                }
                catch (SettingsException exception)
                {
                    Assert.DoesNotContain("no such", exception.Message, StringComparison.Ordinal);
                }
            }
        }
    }

    [Fact]
    public void Channel_rules_keep_what_is_not_given_and_new_prefixes_start_from_defaults()
    {
        var settings = Read("""{"channels":{"room:":{"messagesPerMinute":120,"slow-consumer":"drop-oldest"},"sensor:":{"subscribe":"any"}}}""");
        var room = settings.Arauto.Channels["room:"];
        Assert.Equal((120, AccessRule.Members, true, SlowConsumerPolicy.DropOldest), (room.MessagesPerMinute, room.Publish, room.Presence, room.SlowConsumer));
        var sensor = settings.Arauto.Channels["sensor:"];
        Assert.Equal((AccessRule.Any, AccessRule.Token, 1000), (sensor.Subscribe, sensor.Publish, sensor.HistoryMessages));
    }

    [Fact]
    public void Channel_rules_of_the_environment_lie_over_those_of_the_file()
    {
        _environment["ARAUTO_CHANNELS"] = """{"room:":{"presence":false}}""";
        var room = Read("""{"channels":{"room:":{"messagesPerMinute":120}}}""").Arauto.Channels["room:"];
        Assert.Equal((120, false), (room.MessagesPerMinute, room.Presence));
    }

    [Theory]
    [InlineData("""{"limits":{"messageBytez":1}}""", "limits.messageBytez (arauto.json): there is no such key")]
    [InlineData("""{"kafka":"host:9092"}""", "kafka (arauto.json): there is no such key")]
    [InlineData("""{"config":"x"}""", "config (arauto.json): there is no such key")]
    [InlineData("""{"development":true}""", "development (arauto.json): there is no such key")]
    [InlineData("""{"limits":{"messageBytes":1,"message_bytes":2}}""", "limits.messageBytes (arauto.json): given twice")]
    [InlineData("""{"node":"a","node":"b"}""", "node (arauto.json): given twice")]
    [InlineData("""{"limits":{"messageBytes":2000},"message-bytes":2000}""", "limits.messageBytes (arauto.json): given twice")]
    [InlineData("""{"limits":{},"Limits":{}}""", "limits (arauto.json): given twice")]
    [InlineData("""{"limits":{"messageBytes":5}}""", "limits.messageBytes (arauto.json): \"5\" is not allowed; allowed: 1024 to 16777216")]
    [InlineData("""{"limits":{"messageBytes":"2000"}}""", "limits.messageBytes (arauto.json): \"2000\" is not allowed; allowed: a whole number")]
    [InlineData("""{"limits":{"messageBytes":2000.5}}""", "limits.messageBytes (arauto.json): 2000.5 is not allowed")]
    [InlineData("""{"limits":{"messageBytes":99999999999}}""", "limits.messageBytes (arauto.json): 99999999999 is not allowed")]
    [InlineData("""{"limits":{"connectionsPerSecond":null}}""", "limits.connectionsPerSecond (arauto.json): null is not allowed")]
    [InlineData("""{"limits":5}""", "limits (arauto.json): must be an object")]
    [InlineData("""{"heartbeat":{"intervalSeconds":40,"timeoutSeconds":40}}""", "heartbeat.timeoutSeconds (arauto.json): \"40\" is not allowed; allowed: more than heartbeat.intervalSeconds, which is 40")]
    [InlineData("""{"drain":{"spreadSeconds":11}}""", "drain.spreadSeconds (arauto.json): \"11\" is not allowed; allowed: at most drain.deadlineSeconds, which is 10")]
    [InlineData("""{"limits":{"messageBytes":2000000}}""", "limits.outboundQueueBytes (default): \"1048576\" is not allowed; allowed: at least limits.messageBytes")]
    [InlineData("""{"origins":["app.example"]}""", "origins (arauto.json): \"app.example\" is not allowed; allowed: origins such as")]
    [InlineData("""{"origins":"https://app.example"}""", "origins (arauto.json): \"https://app.example\" is not allowed; allowed: a list of texts")]
    [InlineData("""{"trustedProxies":["10.0.0.1/33"]}""", "trustedProxies (arauto.json): \"10.0.0.1/33\" is not allowed")]
    [InlineData("""{"node":"a b"}""", "node (arauto.json): \"a b\" is not allowed")]
    [InlineData("""{"node":"a\nb"}""", "node (arauto.json): \"a b\" is not allowed")]
    [InlineData("""{"lanes":65}""", "lanes (arauto.json): \"65\" is not allowed; allowed: 0 to 64")]
    [InlineData("""{"logLevel":"loud"}""", "logLevel (arauto.json): \"loud\" is not allowed; allowed: trace, debug, information")]
    [InlineData("""{"logLevel":"2"}""", "logLevel (arauto.json): \"2\" is not allowed")]
    [InlineData("""{"listen":"8085"}""", "listen (arauto.json): \"8085\" is not allowed; allowed: ADDRESS:PORT")]
    [InlineData("""{"listen":"off"}""", "listen (arauto.json): \"off\" is not allowed")]
    [InlineData("""{"listen":"127.1:80"}""", "listen (arauto.json): \"127.1:80\" is not allowed")]
    [InlineData("""{"listen":"127.0.0.1:65536"}""", "listen (arauto.json): \"127.0.0.1:65536\" is not allowed")]
    [InlineData("""{"data":" "}""", "data (arauto.json): \" \" is not allowed")]
    [InlineData("""{"store":"postgres://u:pa55word@h/d"}""", "store (arauto.json): this value is not allowed; allowed: sqlite:PATH")]
    [InlineData("""{"metrics":"127.0.0.1:8085"}""", "metrics (arauto.json): \"127.0.0.1:8085\" is not allowed; allowed: another address or port than listen")]
    [InlineData("""{"jwtSecret":"pa55word"}""", "jwtSecret (arauto.json): this value is not allowed; allowed: at least 32 bytes, and this has 8")]
    [InlineData("""{"jwtSecret":["pa55word"]}""", "jwtSecret (arauto.json): this value is not allowed")]
    [InlineData("""{"jwks":"ftp://u:pa55word@h/"}""", "jwks (arauto.json): this value is not allowed; allowed: an absolute http or https address")]
    [InlineData("""{"redis":"http://u:pa55word@h"}""", "redis (arauto.json): this value is not allowed; allowed: redis://[user:password@]host[:port][/prefix], ")]
    [InlineData("""{"redis":"redis+sentinel://h:26379"}""", "redis (arauto.json): this value is not allowed")]
    [InlineData("""{"cluster":{"leaseSeconds":0}}""", "cluster.leaseSeconds (arauto.json): \"0\" is not allowed; allowed: 1 to 60")]
    [InlineData("""{"jwks":"not an address"}""", "jwks (arauto.json): this value is not allowed")]
    [InlineData("""{"channels":[]}""", "channels (arauto.json): must be an object")]
    [InlineData("""{"channels":{"room:":{"members":true}}}""", "channels[\"room:\"].members (arauto.json): there is no such key; known: subscribe, publish")]
    [InlineData("""{"channels":{"room:":{"presence":true,"Presence":true}}}""", "channels[\"room:\"].presence (arauto.json): given twice")]
    [InlineData("""{"channels":{"room:":{"presence":"yes"}}}""", "channels[\"room:\"].presence (arauto.json): \"yes\" is not allowed; allowed: true or false")]
    [InlineData("""{"channels":{"room:":{"publish":"everybody"}}}""", "channels[\"room:\"].publish (arauto.json): \"everybody\" is not allowed; allowed: token, any, self, members, service")]
    [InlineData("""{"channels":{"room:":{"historyHours":-1}}}""", "channels[\"room:\"].historyHours (arauto.json): \"-1\" is not allowed; allowed: 0 to 876000")]
    [InlineData("""{"channels":{"room:1":{}}}""", "channels (arauto.json): \"room:1\" is not allowed; allowed: prefixes")]
    [InlineData("""{"channels":{"news":{"subscribe":"self"}}}""", "channels[\"news\"].subscribe (arauto.json): \"self\" is not allowed; allowed: token, any or service")]
    [InlineData("""{"channels":{"a":{},"a":{}}}""", "channels[\"a\"] (arauto.json): given twice")]
    [InlineData("{\"node\":\n \"a\" \"pa55word\"}", "arauto.json: not JSON at line 2")]
    [InlineData("[]", "arauto.json: must hold one JSON object")]
    public void Mistakes_in_the_file_are_told_in_one_line(string json, string start)
    {
        var message = Refused(json);
        Assert.Contains(start, message, StringComparison.Ordinal);
        Assert.DoesNotContain("pa55word", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ARAUTO_MESSAGE_BYTEZ", "1", "ARAUTO_MESSAGE_BYTEZ (environment): there is no such setting")]
    [InlineData("ARAUTO_A__B__C", "1", "ARAUTO_A__B__C (environment): there is no such setting")]
    [InlineData("ARAUTO_MESSAGE_BYTES", "many", "limits.messageBytes (ARAUTO_MESSAGE_BYTES): \"many\" is not allowed; allowed: a whole number, 1024 to 16777216")]
    [InlineData("ARAUTO_LIMITS__MESSAGE_BYTES", "5", "limits.messageBytes (ARAUTO_LIMITS__MESSAGE_BYTES): \"5\" is not allowed")]
    [InlineData("ARAUTO_JWT_SECRET", "", "jwtSecret (ARAUTO_JWT_SECRET): this value is not allowed; allowed: at least 32 bytes, and this has 0")]
    [InlineData("ARAUTO_CHANNELS", "{", "ARAUTO_CHANNELS: not JSON")]
    [InlineData("ARAUTO_CONFIG", "missing.json", "missing.json: there is no such file")]
    public void Mistakes_in_the_environment_are_told_in_one_line(string name, string value, string start)
    {
        _environment[name] = value;
        Assert.StartsWith(start, Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void One_setting_by_two_variables_is_refused()
    {
        _environment["ARAUTO_MESSAGE_BYTES"] = "2000";
        _environment["ARAUTO_LIMITS__MESSAGE_BYTES"] = "3000";
        Assert.Contains("given twice", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void Variables_of_others_are_passed_over()
    {
        _environment["ARAUTO_TOKEN"] = "x";
        _environment["ARAUTO_SERVICE_HOST"] = "10.0.0.1";
        _environment["ARAUTO_SERVICE_PORT"] = "8085";
        _environment["ARAUTO_SERVICE_PORT_HTTP"] = "8085";
        _environment["ARAUTO_PORT"] = "tcp://10.0.0.1:8085";
        _environment["ARAUTO_PORT_8085_TCP"] = "tcp://10.0.0.1:8085";
        _environment["ARAUTO_PORT_8085_TCP_ADDR"] = "10.0.0.1";
        _environment["ARAUTO_METRICS_SERVICE_HOST"] = "10.0.0.1";
        Assert.True(Read().Arauto.Development);
    }

    [Fact]
    public void Secret_and_key_set_exclude_each_other()
    {
        _environment["ARAUTO_JWT_SECRET"] = Secret;
        _commandLine["jwks"] = "https://issuer.example/jwks.json";
        var message = Refused();
        Assert.Equal("jwks (--jwks): this value is not allowed; allowed: either jwtSecret or jwks, not both.", message);
    }

    [Theory]
    [InlineData("listen", "0.0.0.0:8085")]
    [InlineData("listen", "[::]:8085")]
    [InlineData("listen", "*:8085")]
    [InlineData("listen", "10.1.2.3:8085")]
    [InlineData("metrics", "0.0.0.0:9095")]
    public void Development_mode_stays_on_this_machine(string option, string address)
    {
        _commandLine[option] = address;
        Assert.Contains("--jwt-secret", Refused(), StringComparison.Ordinal);
        _commandLine["jwt-secret"] = Secret;
        Assert.False(Read().Arauto.Development);
    }

    [Theory]
    [InlineData("127.0.0.1:0", "127.0.0.1:0")]
    [InlineData("localhost:80", "127.0.0.1:80")]
    [InlineData("[::1]:80", "[::1]:80")]
    public void Listen_addresses_are_understood(string text, string address)
    {
        _commandLine["listen"] = text;
        Assert.Equal(address, $"{Read().Listen}");
    }

    [Fact]
    public void Metrics_and_store_can_be_switched()
    {
        _commandLine["metrics"] = "off";
        _commandLine["store"] = "memory:";
        var settings = Read();
        Assert.Null(settings.Metrics);
        Assert.Equal(StoreAddress.Memory, settings.EffectiveStore);
    }

    [Fact]
    public void Named_file_is_read_instead_of_the_default_one()
    {
        var other = Path.Combine(_folder, "other.json");
        File.WriteAllText(other, """{"node":"other"}""");
        Assert.Equal("other", Read("""{"node":"default"}""", other).Arauto.Node);
        Assert.Contains("no such file", Refused(config: Path.Combine(_folder, "missing.json")), StringComparison.Ordinal);
    }
}
