namespace Arauto.Server.Tests.Support;

/// <summary>Programs of the machine that some tests need; <c>./test</c> installs them.</summary>
internal static class Programs
{
    /// <summary>The program's path, or the test is skipped and says what is missing.</summary>
    public static string Require(string name, string package)
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(found is null, $"{name} is not here; install the Debian package {package}.");
        return found!;
    }
}
