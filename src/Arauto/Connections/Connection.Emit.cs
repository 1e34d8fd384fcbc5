using Arauto.Protocol;
using Arauto.Protocol.Frames;

namespace Arauto.Connections;

internal sealed partial class Connection
{
    /// <summary>Calls the application's code. Later commands do not wait for it.</summary>
    private void Emit(EmitCommand command) => LaneCompletion<EventAnswer>.Then(
        Lane, _node.Events.Value.CallAsync(this, command), answer => Answer(command, answer), e => Fail(command, e));

    private void Answer(EmitCommand command, EventAnswer answer)
    {
        if (answer.Code is { } code)
        {
            _node.Metrics.ErrorSent(ErrorCatalogue.FromWord(code) ?? ErrorCode.Internal);
            SendControl(new ErrorFrame { Id = command.Id, Code = code, Message = answer.Message!, RetryAfter = answer.RetryAfter });
            Answered();
        }
        else if (command.Id is { } id) Reply(new EmitReply { Id = id, Data = answer.Arguments });
        else Answered();
    }
}
