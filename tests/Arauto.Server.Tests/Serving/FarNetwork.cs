using System.Diagnostics;
using System.Globalization;

namespace Arauto.Server.Tests.Serving;

/// <summary>A network behind a cable of its own, which can be pulled: packets get lost, and nobody is told. Taken away at the end.</summary>
internal sealed class FarNetwork : IDisposable
{
    private readonly string _name;
    private readonly string _near;

    private FarNetwork(string name, string near, string address)
    {
        _name = name;
        _near = near;
        Address = address;
    }

    /// <summary>This machine, as it is reached from there.</summary>
    public string Address { get; }

    /// <returns><see langword="null"/> if this process may not make networks, or has no <c>ip</c>.</returns>
    public static FarNetwork? TryMake()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) return null;
        // By the process's number, so that two runs on one machine do not meet.
        var id = Environment.ProcessId;
        var name = string.Create(CultureInfo.InvariantCulture, $"arauto{id}");
        var (near, far) = ($"n{id}", $"f{id}");
        var subnet = string.Create(CultureInfo.InvariantCulture, $"10.{100 + id / 256 % 100}.{id % 256}");
        var network = new FarNetwork(name, near, $"{subnet}.1");
        if (Run("netns", "add", name)
            && Run("link", "add", near, "type", "veth", "peer", "name", far)
            && Run("link", "set", far, "netns", name)
            && Run("addr", "add", $"{subnet}.1/24", "dev", near)
            && Run("link", "set", near, "up")
            && Run("-n", name, "addr", "add", $"{subnet}.2/24", "dev", far)
            && Run("-n", name, "link", "set", far, "up"))
            return network;
        network.Dispose();
        return null;
    }

    /// <summary>A command line that runs there.</summary>
    public (string Program, string[] Arguments) There(params string[] command) => ("ip", ["netns", "exec", _name, .. command]);

    public void PullCable() => Assert.True(Run("link", "set", _near, "down"));

    public void Dispose()
    {
        Run("netns", "del", _name);
        Run("link", "del", _near);
    }

    private static bool Run(params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
