using System.Runtime.CompilerServices;

namespace Arauto.Tests.Gateways;

/// <summary>The C# of docs/gateways.md is compiled: each example stands, line by line in its order, in one of the files of <c>Snippets</c>.</summary>
public sealed class GatewayDocumentTests
{
    public static TheoryData<string> Examples => [.. Read()];

    [Theory]
    [MemberData(nameof(Examples))]
    public void Example_is_compiled(string example) =>
        Assert.True(
            Directory.EnumerateFiles(Path.Combine(Here(), "Snippets"), "*.cs").Any(file => Contains(File.ReadAllLines(file), example.Split('\n'))),
            "No file of Snippets holds these lines in this order.");

    [Fact]
    public void There_are_examples() => Assert.InRange(Examples.Count, 10, 100);

    private static bool Contains(string[] code, string[] example)
    {
        var at = 0;
        foreach (var line in example)
        {
            while (at < code.Length && code[at].Trim() != line.Trim()) at++;
            if (at++ == code.Length) return false;
        }
        return true;
    }

    private static IEnumerable<string> Read()
    {
        var lines = File.ReadAllLines(Path.Combine(Here(), "../../../docs/gateways.md"));
        for (var i = 0; i < lines.Length; i++)
            if (lines[i] == "```csharp") yield return string.Join('\n', lines.Skip(i + 1).TakeWhile(line => line != "```"));
    }

    private static string Here([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}
