namespace Arauto.Server.Configuration;

/// <summary>The configuration cannot be used; the message is the one line for the operator and holds no secret.</summary>
internal sealed class SettingsException(string message) : Exception(message);
