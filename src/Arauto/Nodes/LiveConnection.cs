namespace Arauto.Nodes;

/// <summary>A live connection, as operators see it.</summary>
/// <param name="Id">The id.</param>
/// <param name="User">The user; absent while not authenticated.</param>
/// <param name="Transport">How its bytes travel.</param>
/// <param name="Protocol">What its bytes mean.</param>
/// <param name="Address">The client's address.</param>
/// <param name="Node">The node.</param>
internal sealed record LiveConnection(string Id, string? User, string Transport, string Protocol, string Address, string Node);
