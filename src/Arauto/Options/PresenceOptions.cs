using System.ComponentModel.DataAnnotations;

namespace Arauto.Options;

/// <summary>How presence forgives short absences.</summary>
public sealed class PresenceOptions
{
    /// <summary>Seconds a user may be gone before others are told that the user left, 0 to 300. Default: 5.</summary>
    [Range(0, 300)]
    public int GraceSeconds { get; set; } = 5;
}
