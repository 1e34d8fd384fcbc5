using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Arauto.Client.Tests.Transports;

/// <summary>The frames of tests/fixtures/wire, byte by byte.</summary>
internal static class WireFixtures
{
    public static TheoryData<string, string> Frames(Func<string, bool> which)
    {
        var data = new TheoryData<string, string>();
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder(), "frames.json")));
        foreach (var entry in document.RootElement.EnumerateArray())
        {
            var name = entry.GetProperty("name").GetString()!;
            if (which(name)) data.Add(name, entry.GetProperty("frame").GetRawText());
        }
        return data;
    }

    private static string Folder([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../fixtures/wire"));
}
