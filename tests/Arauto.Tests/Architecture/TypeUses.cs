using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;

namespace Arauto.Tests.Architecture;

/// <summary>Which types the types of an assembly use: in their declarations and in the code of their methods. Constants leave no trace.</summary>
internal static class TypeUses
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> OpCodesByValue =
        typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    /// <summary>Nested types, closures and state machines count as the type around them.</summary>
    public static IReadOnlyDictionary<Type, IReadOnlySet<Type>> Of(Assembly assembly)
    {
        var uses = new Dictionary<Type, HashSet<Type>>();
        foreach (var type in assembly.GetTypes())
        {
            var outer = Outer(type);
            if (!uses.TryGetValue(outer, out var used)) uses[outer] = used = [];
            foreach (var found in InDeclaration(type).Concat(InCode(type))) Add(found, used);
            used.Remove(outer);
        }
        return uses.ToDictionary(use => use.Key, IReadOnlySet<Type> (use) => use.Value);
    }

    private static Type Outer(Type type) => type.DeclaringType is { } declaring ? Outer(declaring) : type;

    private static void Add(Type type, HashSet<Type> used)
    {
        if (type.HasElementType) Add(type.GetElementType()!, used);
        else if (!type.IsGenericParameter) used.Add(Outer(type.IsGenericType ? type.GetGenericTypeDefinition() : type));
        if (!type.IsGenericType) return;
        foreach (var argument in type.GetGenericArguments()) Add(argument, used);
    }

    private static IEnumerable<Type> InDeclaration(Type type)
    {
        if (type.BaseType is { } parent) yield return parent;
        foreach (var contract in type.GetInterfaces()) yield return contract;
        foreach (var field in type.GetFields(All)) yield return field.FieldType;
        foreach (var method in Methods(type))
        {
            foreach (var parameter in method.GetParameters()) yield return parameter.ParameterType;
            if (method is MethodInfo { ReturnType: var result }) yield return result;
        }
    }

    private static IEnumerable<MethodBase> Methods(Type type) => type.GetMethods(All).Concat<MethodBase>(type.GetConstructors(All));

    private static IEnumerable<Type> InCode(Type type)
    {
        foreach (var method in Methods(type))
        {
            if (method.GetMethodBody() is not { } body) continue;
            foreach (var local in body.LocalVariables) yield return local.LocalType;
            foreach (var token in Tokens(body.GetILAsByteArray()!))
                foreach (var used in Resolve(method, token)) yield return used;
        }
    }

    private static IEnumerable<Type> Resolve(MethodBase method, int token)
    {
        var typeArguments = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        var member = method.Module.ResolveMember(token, typeArguments, methodArguments);
        if (member is Type type) yield return type;
        if (member?.DeclaringType is { } declaring) yield return declaring;
        if (member is FieldInfo field) yield return field.FieldType;
        if (member is not MethodBase called) yield break;
        foreach (var parameter in called.GetParameters()) yield return parameter.ParameterType;
        if (called is MethodInfo { ReturnType: var result }) yield return result;
        if (called.IsGenericMethod)
            foreach (var argument in called.GetGenericArguments()) yield return argument;
    }

    /// <summary>The metadata tokens in a method's code (ECMA-335, partition III).</summary>
    private static IEnumerable<int> Tokens(byte[] code)
    {
        for (var at = 0; at < code.Length;)
        {
            var value = code[at++] is 0xFE and var prefix ? unchecked((short)((prefix << 8) | code[at++])) : code[at - 1];
            var operand = OpCodesByValue[value].OperandType;
            if (operand is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType)
                yield return BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(at));
            at += operand switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(at))),
                _ => 4,
            };
        }
    }
}
