namespace Arauto.Server.Demo.Map;

/// <summary>The body of a refused edit.</summary>
/// <param name="Error">What is wrong.</param>
/// <param name="Current">The object as it is, for the page to show instead.</param>
internal sealed record EditRefusal<T>(DemoError Error, T? Current)
    where T : MapObject;
