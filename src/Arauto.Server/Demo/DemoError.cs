namespace Arauto.Server.Demo;

/// <summary>What is wrong with a request.</summary>
/// <param name="Code">The word of the error catalogue.</param>
/// <param name="Message">What is wrong and how to mend it.</param>
internal sealed record DemoError(string Code, string Message);
