namespace Arauto.Server.Logging;

/// <summary>How log lines look on the console.</summary>
internal enum LogFormat
{
    /// <summary>For people: time, level, category, message.</summary>
    Text,

    /// <summary>For machines: one JSON object per line.</summary>
    Json,
}
