using System.CommandLine;
using Arauto.Server.Configuration;

namespace Arauto.Server.Tests.Configuration;

public sealed class CommandLineSettingsTests
{
    private static (CommandLineSettings Settings, ParseResult Parsed) Parse(string line)
    {
        var settings = new CommandLineSettings();
        var serve = new Command("serve");
        settings.AddTo(serve);
        return (settings, new RootCommand { serve }.Parse(line));
    }

    [Fact]
    public void Options_become_settings()
    {
        var (settings, parsed) = Parse("serve --listen 127.0.0.1:1 --message-bytes=2000 --config other.json --origins https://a.example,https://b.example");
        Assert.Null(CommandLineSettings.FirstError(parsed));
        var sources = settings.Read(parsed, []);
        Assert.Equal("other.json", sources.ConfigFile);
        Assert.Equal(new Dictionary<string, string> { ["listen"] = "127.0.0.1:1", ["message-bytes"] = "2000", ["origins"] = "https://a.example,https://b.example" }, sources.CommandLine);
    }

    [Theory]
    [InlineData("serve --kafka host:9092", "--kafka")]
    [InlineData("serve --kafka localhost", "--kafka")]
    [InlineData("serve --listen", "--listen")]
    [InlineData("serve --listen 127.0.0.1:1 --listen 127.0.0.1:2", "--listen")]
    public void Unknown_and_incomplete_options_are_named_in_one_line(string line, string named)
    {
        var error = CommandLineSettings.FirstError(Parse(line).Parsed);
        Assert.Contains(named, error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error!);
    }

    [Fact]
    public void Every_option_has_a_description()
    {
        var command = new Command("serve");
        new CommandLineSettings().AddTo(command);
        Assert.All(command.Options, option => Assert.False(string.IsNullOrWhiteSpace(option.Description), option.Name));
        Assert.Superset(new HashSet<string> { "--listen", "--metrics", "--data", "--store", "--node", "--jwt-secret", "--jwks", "--max-connections", "--connections-per-user", "--message-bytes", "--connections-per-second", "--origins", "--trusted-proxies", "--log-level", "--log-format", "--config" }, command.Options.Select(option => option.Name).ToHashSet());
    }
}
